package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "192.0.2.6/31, 192.0.2.7, true",
        "192.0.2.6/31, 192.0.2.8, false",
        "0.0.0.0/0, 255.1.2.3, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "2001:db8:0:1::/64, 2001:db8:0:1:ffff::, true",
        "2001:db8:0:1::/64, 2001:db8:0:2::, false",
        "2001:db8:0:1:8000::/65, 2001:db8:0:1:8000::1, true",
        "2001:db8:0:1:8000::/65, 2001:db8:0:1:7fff::1, false",
        "::1, ::1, true",
        "::1, ::2, false",
        "::/0, ::2, true",
        "::/0, 1.2.3.4, false",
    })
    void contains(String range, String address, boolean contained) throws UnknownHostException {
        assertEquals(contained, Cidr.parse(range).orElseThrow().contains(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "localhost",
                "10",
                "10.0.0",
                "10.0.0.0.0",
                "10.0.0.256",
                "1.2.3.999",
                "010.0.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.1/8",
                "10.0.0.0/8/8",
                "10.0.0.0/8 ,",
                "/8",
                "::/129",
                "2001:db8::1/32",
                ":::",
                "::1%eth0",
                "[::1]",
                "fe80::1%1/64",
                "1.2.3.4:80",
                "abcd",
                "0x0a.0.0.0"
            })
    void isNoneOf(String text) {
        assertEquals(Optional.empty(), Cidr.parse(text));
    }

    @Test
    void anAddressIsARangeOfOne() {
        assertEquals(Cidr.parse("10.0.0.1/32"), Cidr.parse(" 10.0.0.1 "));
        assertEquals(Cidr.parse("::1/128"), Cidr.parse("0:0:0:0:0:0:0:1"));
    }
}
