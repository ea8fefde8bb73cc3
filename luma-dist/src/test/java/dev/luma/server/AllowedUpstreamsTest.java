package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    @CsvSource({"127.0.0.1, 8080", "127.0.0.1, 8081", "127.1.2.3, 8081", "::1, 8080"})
    void lumaDoesNotLeadToItself(String address, int port) throws UnknownHostException {
        assertTrue(refusal(EVERYTHING, address, port).orElseThrow().endsWith("which is Luma itself"));
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
