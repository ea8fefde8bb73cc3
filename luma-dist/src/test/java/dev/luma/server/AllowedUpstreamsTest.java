package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedUpstreamsTest {

    private static final AllowedUpstreams EVERYTHING =
            new AllowedUpstreams(List.of(Cidr.of("0.0.0.0/0"), Cidr.of("::/0")), Set.of(8080, 8081));

    private static Optional<String> refusal(AllowedUpstreams allowed, String address, int port)
            throws UnknownHostException {
        return allowed.refusal(InetAddress.getByName(address), port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.1",
                "fe80::1",
                "fd00:ec2::254",
                "100.100.100.200",
                "192.0.0.192",
                "fd20:ce::254",
                "fd00:42::42",
                "168.63.129.16",
                "64:ff9b:1::1",
                "2001:0:1::1",
                "::ffff:0:10.0.0.1",
                "224.0.0.1",
                "ff02::1",
                "0.0.0.0",
                "0.1.2.3",
                "::",
                "255.255.255.255",
                "240.0.0.1",
                "::ffff:169.254.169.254",
                "::169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
            })
    void someAddressesAreRefusedWhateverIsAllowed(String address) throws UnknownHostException {
        assertTrue(refusal(EVERYTHING, address, 80).orElseThrow().endsWith("where Luma never sends requests"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 8080",
        "127.0.0.1, 8081",
        "127.1.2.3, 8081",
        "::1, 8080",
        "::ffff:127.0.0.1, 8081",
        "::127.0.0.1, 8081",
        "64:ff9b::7f00:1, 8081",
        "2002:7f00:1::1, 8081",
    })
    void lumaDoesNotLeadToItself(String address, int port) throws UnknownHostException {
        assertTrue(refusal(EVERYTHING, address, port).orElseThrow().endsWith("which is Luma itself"));
    }

    /** By whatever address of this machine. */
    @Test
    void lumaDoesNotLeadToItselfByAnotherAddress() throws SocketException {
        List<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .toList();
        assertFalse(own.isEmpty());
        for (InetAddress address : own) {
            assertTrue(EVERYTHING.refusal(address, 8081).isPresent(), address::toString);
        }
    }

    /** A name server may answer so, and the system would reach what is meant; Java's own parser never writes it. */
    @ParameterizedTest
    @CsvSource({"169.254.169.254, 80", "100.100.100.200, 80", "0.0.0.0, 80", "127.0.0.1, 8081"})
    void anAddressIsTheSameAsIpv6MapsIt(String address, int port) throws UnknownHostException {
        InetAddress mapped = mapped(InetAddress.getByName(address));
        assertInstanceOf(Inet6Address.class, mapped);
        assertEquals(refusal(EVERYTHING, address, port), EVERYTHING.refusal(mapped, port));
        assertTrue(EVERYTHING.refusal(mapped, port).isPresent());
    }

    static InetAddress mapped(InetAddress address) throws UnknownHostException {
        byte[] octets = new byte[16];
        octets[10] = (byte) 0xff;
        octets[11] = (byte) 0xff;
        System.arraycopy(address.getAddress(), 0, octets, 12, 4);
        return Inet6Address.getByAddress(null, octets, -1);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 3000",
        "::1, 3000",
        "192.0.2.7, 8081",
        "10.0.0.1, 80",
        "2001:db8::1, 443",
        "64:ff9b::102:304, 80"
    })
    void theRestMayBeAllowed(String address, int port) throws UnknownHostException {
        assertEquals(Optional.empty(), refusal(EVERYTHING, address, port));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "10.255.0.1, true",
        "11.0.0.1, false",
        "::ffff:10.0.0.1, true",
        "fd00::1, true",
        "fc00::1, false"
    })
    void whatIsNotListedIsRefused(String address, boolean fine) throws UnknownHostException {
        AllowedUpstreams some = new AllowedUpstreams(List.of(Cidr.of("10.0.0.0/8"), Cidr.of("fd00::/16")), Set.of());
        assertEquals(fine, refusal(some, address, 80).isEmpty());
        assertEquals(
                false,
                refusal(new AllowedUpstreams(List.of(), Set.of()), address, 80).isEmpty());
    }
}
