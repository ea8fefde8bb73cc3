package dev.luma.proxy;

import static dev.luma.proxy.ConnectionLimits.Verdict.ADMITTED;
import static dev.luma.proxy.ConnectionLimits.Verdict.TOO_MANY;
import static dev.luma.proxy.ConnectionLimits.Verdict.TOO_MANY_OF_ADDRESS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {

    private final InetAddress one = address("192.0.2.1");
    private final InetAddress two = address("192.0.2.2");

    private static ConnectionLimits limits(int most, int perAddress) {
        return new ConnectionLimits(new ProxySettings.Connections(most, perAddress, 0));
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException noLiteral) {
            throw new IllegalArgumentException(noLiteral);
        }
    }

    @Test
    void soManyMayComeInAllUntilOneLeaves() {
        ConnectionLimits limits = limits(2, 0);
        assertEquals(ADMITTED, limits.enter(one));
        assertEquals(ADMITTED, limits.enter(two));
        assertEquals(TOO_MANY, limits.enter(one));
        limits.leave(two);
        assertEquals(ADMITTED, limits.enter(one));
        assertEquals(TOO_MANY, limits.enter(one));
    }

    @Test
    void soManyMayComeFromOneAddressUntilOneOfThemLeaves() {
        ConnectionLimits limits = limits(10, 2);
        assertEquals(ADMITTED, limits.enter(one));
        assertEquals(ADMITTED, limits.enter(one));
        assertEquals(TOO_MANY_OF_ADDRESS, limits.enter(one));
        assertEquals(ADMITTED, limits.enter(two));
        assertEquals(3, limits.open());
        limits.leave(one);
        assertEquals(ADMITTED, limits.enter(one));
        assertEquals(TOO_MANY_OF_ADDRESS, limits.enter(one));
    }

    @Test
    void addressesOfOneIpv6NetworkCountTogether() {
        ConnectionLimits limits = limits(10, 1);
        assertEquals(ADMITTED, limits.enter(address("2001:db8:1:2::1")));
        assertEquals(TOO_MANY_OF_ADDRESS, limits.enter(address("2001:db8:1:2:ffff:ffff:ffff:ffff")));
        assertEquals(ADMITTED, limits.enter(address("2001:db8:1:3::1")));
    }

    @Test
    void aMappedAddressIsTheIpv4AddressThatItMeans() {
        ConnectionLimits limits = limits(10, 1);
        assertEquals(ADMITTED, limits.enter(one));
        assertEquals(TOO_MANY_OF_ADDRESS, limits.enter(address("::ffff:192.0.2.1")));
    }

    @Test
    void nothingIsKeptOfAddressesThatHaveLeft() {
        ConnectionLimits limits = limits(1_000, 1);
        for (int i = 0; i < 256; i++) {
            InetAddress each = address("198.51.100." + i);
            assertEquals(ADMITTED, limits.enter(each));
            assertEquals(TOO_MANY_OF_ADDRESS, limits.enter(each));
            limits.leave(each);
        }
        assertEquals(0, limits.addresses());
        assertEquals(0, limits.open());
    }

    @Test
    void countsHoldHoweverManyThreadsCount() throws Exception {
        ConnectionLimits limits = limits(3, 2);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            InetAddress own = i % 2 == 0 ? one : two;
            threads.add(Background.run(() -> {
                for (int turn = 0; turn < 20_000; turn++) {
                    if (limits.enter(own) == ADMITTED) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        limits.leave(own);
                    }
                }
            }));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(30, TimeUnit.SECONDS);
        }
        assertEquals(true, most.get() <= 3);
        assertEquals(0, limits.open());
        assertEquals(0, limits.addresses());
    }
}
