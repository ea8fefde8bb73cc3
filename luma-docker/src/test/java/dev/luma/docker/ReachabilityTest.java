package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachabilityTest {

    @ParameterizedTest(name = "{0}: {6}")
    @CsvSource({
        "this machine,        6.1, Debian,         seccomp,       172.17.0.0/16, 172.17.0.1, true",
        "with IPv6 only,      6.1, Debian,         seccomp,       fd00::/64,     fd00::1,    true",
        "another kernel,      6.9, Debian,         seccomp,       172.17.0.0/16, 172.17.0.1, false",
        "Docker Desktop,      6.1, Docker Desktop, seccomp,       172.17.0.0/16, 172.17.0.1, false",
        "rootless,            6.1, Debian,         name=rootless, 172.17.0.0/16, 172.17.0.1, false",
        "no such interface,   6.1, Debian,         seccomp,       172.17.0.0/16, 172.18.0.1, false",
        "other address kind,  6.1, Debian,         seccomp,       172.17.0.0/16, fd00::1,    false",
        "not a subnet,        6.1, Debian,         seccomp,       172.17.0.1,    172.17.0.1, false",
    })
    void isDirectOnlyWhereTheBridgeIsOneOfOurs(
            String what, String kernel, String system, String security, String subnet, String own, boolean direct)
            throws UnknownHostException {
        Reachability reachability = new Reachability(
                kernel, system, List.of(security), List.of(subnet), "6.1", List.of(InetAddress.getAllByName(own)));
        assertEquals(direct, reachability.isDirect(), what);
    }

    @ParameterizedTest(name = "{0}: {4}")
    @CsvSource({
        "this machine,   6.1, Debian,         seccomp,       true",
        "another kernel, 6.9, Debian,         seccomp,       false",
        "Docker Desktop, 6.1, Docker Desktop, seccomp,       false",
        "rootless,       6.1, Debian,         name=rootless, true",
    })
    void isHereWhereverItsBridgeIs(String what, String kernel, String system, String security, boolean here) {
        Reachability reachability = new Reachability(kernel, system, List.of(security), List.of(), "6.1", List.of());
        assertEquals(here, reachability.isHere(), what);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,       10.255.0.1,     true",
        "10.0.0.0/8,       11.0.0.1,       false",
        "192.168.7.128/25, 192.168.7.129,  true",
        "192.168.7.128/25, 192.168.7.127,  false",
        "0.0.0.0/0,        8.8.8.8,        true",
        "172.17.0.1/32,    172.17.0.1,     true",
    })
    void looksAtEachBitOfTheSubnet(String subnet, String address, boolean inside) throws UnknownHostException {
        assertEquals(inside, Reachability.contains(subnet, InetAddress.getAllByName(address)[0]));
    }
}
