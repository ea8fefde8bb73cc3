package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol, both versions. Every input is also given octet by octet. */
class ProxyHeaderTest {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String V4 = "c0000201" + "c6336401" + "dead" + "01bb";

    private final ProxyHeader header = new ProxyHeader();

    private void read(byte[] octets) throws BadMessage {
        for (int end = 0; end < octets.length; end++) {
            assertEquals(0, header.scan(Arrays.copyOf(octets, end), end), "accepted before its end: " + end);
        }
        byte[] followed = Arrays.copyOf(octets, octets.length + 9);
        assertEquals(octets.length, header.scan(followed, followed.length));
    }

    private static byte[] line(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A header of version 2 whose length is right. */
    private static byte[] binary(String versionAndFamily, String rest) {
        return HexFormat.of().parseHex(SIGNATURE + versionAndFamily + String.format("%04x", rest.length() / 2) + rest);
    }

    private String source() {
        assertNotNull(header.source());
        return NetUtil.toAddressString(header.source());
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.1 57005 443, 192.0.2.1",
        "PROXY TCP4 255.255.255.255 0.0.0.0 0 65535, 255.255.255.255",
        "PROXY TCP6 2001:db8::1 ::1 1 2, 2001:db8::1",
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535,"
                + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
        "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:1.2.3.4 1 2, 192.0.2.1",
    })
    void takesALine(String line, String address) throws BadMessage {
        read(line(line));
        assertEquals(address, source());
        assertFalse(header.isSecure());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN", "PROXY UNKNOWN ", "PROXY UNKNOWN 1.2.3.4 what it may be"})
    void takesALineWithoutAddress(String line) throws BadMessage {
        read(line("PROXY TCP4 1.2.3.4 1.2.3.4 1 2"));
        read(line(line));
        assertNull(header.source());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "proxy TCP4 1.2.3.4 1.2.3.4 1 2\\r\\n",
                "_PROXY TCP4 1.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY\\tTCP4 1.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY \\r\\n",
                "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\\rX",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1\\r\\n",
                "PROXY TCP4 1.2.3.4  1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\\r\\n",
                "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\\r\\n",
                "PROXY TCP4 1.2.3 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 1.2.3.04 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 01.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 0x1.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 localhost 1.2.3.4 1 2\\r\\n",
                "PROXY TCP4 ::1 ::1 1 2\\r\\n",
                "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY TCP6 [::1] ::1 1 2\\r\\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 2\\r\\n",
                "PROXY TCP6 :::1 ::1 1 2\\r\\n",
                "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\\r\\n",
                "PROXY UNKNOWNS\\r\\n",
                "PROXY unknown\\r\\n",
                "PROXY UNKNOWN \\xe4\\r\\n",
                "PROXY UNKNOWN \\0\\r\\n",
                "PROXY UNKNOWN \\n\\r\\n",
            })
    void refusesALine(String escaped) {
        assertEquals(400, Splits.refusal(escaped, octets -> header.scan(octets, octets.length)));
    }

    @ParameterizedTest
    @CsvSource({"107, false", "108, true"})
    void refusesALineThatIsTooLong(int length, boolean refused) throws BadMessage {
        byte[] line = line("PROXY UNKNOWN " + "x".repeat(length - 16));
        assertEquals(length, line.length);
        if (refused) {
            assertThrows(BadMessage.class, () -> header.scan(line, line.length));
            assertThrows(BadMessage.class, () -> header.scan(line, 107));
        } else {
            read(line);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2111, " + V4 + ", 192.0.2.1",
        "2112, " + V4 + ", 192.0.2.1",
        "2121, 20010db8000000000000000000000001" + "00000000000000000000000000000001" + "00010002, 2001:db8::1",
        // NOOP of three octets, a unique id of none, a type that nobody knows
        "2111, " + V4 + "040003000000" + "050000" + "ee000161, 192.0.2.1",
    })
    void takesABinaryHeader(String kind, String rest, String address) throws BadMessage {
        read(binary(kind, rest));
        assertEquals(address, source());
        assertFalse(header.isSecure());
    }

    /** The proxy's own connection, one of no family, one of a path: nothing is said of an address. */
    @ParameterizedTest
    @CsvSource({"2000, ''", "2011, " + V4, "2011, 0102", "2100, ''", "2100, 010203", "20ff, ''"})
    void takesABinaryHeaderWithoutAddress(String kind, String rest) throws BadMessage {
        read(line("PROXY TCP4 1.2.3.4 1.2.3.4 1 2"));
        read(binary(kind, rest));
        assertNull(header.source());
    }

    @Test
    void takesABinaryHeaderOfAPath() throws BadMessage {
        read(binary("2131", "00".repeat(216)));
        assertNull(header.source());
    }

    @ParameterizedTest
    @CsvSource({
        "2000050000000000, false",
        "2000050100000000, true",
        "20000505000000ff, true",
        "20000504000000ff, false",
        "200000, false"
    })
    void knowsAClientThatSpeaksTls(String extra, boolean secure) throws BadMessage {
        read(binary("2111", V4 + "200005010000000004000100"));
        assertTrue(header.isSecure());
        read(binary("2111", V4 + extra));
        assertEquals(secure, header.isSecure());
    }

    @ParameterizedTest
    @CsvSource({
        "1111, " + V4, // version
        "3111, " + V4,
        "2211, " + V4, // command
        "2113, " + V4, // transport
        "2141, " + V4, // family
        "21f1, " + V4,
        "2111, c0000201c6336401dead01", // too short for its addresses
        "2121, " + V4,
        "2131, " + V4,
        "2111, ''",
        "2111, " + V4 + "04", // extras that do not end with the header
        "2111, " + V4 + "0400",
        "2111, " + V4 + "040001",
        "2111, " + V4 + "0400020000" + "04ffff",
        "2111, " + V4 + "03000400000000", // checksum
        "2111, " + V4 + "030003000000",
        "2111, " + V4 + "03000500000000" + "00",
    })
    void refusesABinaryHeader(String kind, String rest) {
        byte[] octets = binary(kind, rest);
        StringBuilder escaped = new StringBuilder();
        for (byte octet : octets) {
            escaped.append(String.format("\\x%02x", octet));
        }
        assertEquals(400, Splits.refusal(escaped.toString(), part -> header.scan(part, part.length)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 11})
    void refusesWhatIsNotTheSignature(int broken) {
        byte[] octets = binary("2111", V4);
        octets[broken] ^= 1;
        assertThrows(BadMessage.class, () -> header.scan(octets, octets.length));
        assertThrows(BadMessage.class, () -> header.scan(octets, broken + 1));
    }

    @Test
    void believesAChecksumThatIsRight() throws BadMessage {
        byte[] octets = binary("2111", V4 + "03000400000000" + "040000");
        CRC32C sum = new CRC32C();
        sum.update(octets);
        for (int i = 0; i < 4; i++) {
            octets[31 + i] = (byte) (sum.getValue() >> (24 - 8 * i));
        }
        read(octets);
        assertEquals("192.0.2.1", source());
        octets[16] ^= 1;
        assertThrows(BadMessage.class, () -> header.scan(octets, octets.length));
    }

    @Test
    void refusesMoreExtrasThanAnybodyNeeds() throws BadMessage {
        int most = ProxyHeader.LONGEST - 16 - 12 - 3;
        read(binary("2111", V4 + "04" + String.format("%04x", most) + "00".repeat(most)));
        byte[] more = binary("2111", V4 + "04" + String.format("%04x", most + 1) + "00".repeat(most + 1));
        assertThrows(BadMessage.class, () -> header.scan(more, 16));
    }
}
