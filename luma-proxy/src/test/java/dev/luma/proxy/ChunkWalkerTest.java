package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9112 section 7.1. Every input is also cut at every octet. */
@Rfc("9112 7.1")
class ChunkWalkerTest {

    /** How many octets belong to the body, given in these pieces. */
    private static int walk(List<byte[]> pieces) throws BadMessage {
        ChunkWalker walker = new ChunkWalker();
        int length = 0;
        for (byte[] piece : pieces) {
            length += walk(walker, piece);
        }
        return length;
    }

    private static int walk(ChunkWalker walker, byte[] octets) throws BadMessage {
        ByteBuf in = Unpooled.wrappedBuffer(octets);
        int at = 0;
        while (at < octets.length && !walker.isAtEnd()) {
            at = walker.walk(in, at, octets.length);
        }
        return at;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0\\r\\n\\r\\n",
                "000\\r\\n\\r\\n",
                "1\\r\\na\\r\\n0\\r\\n\\r\\n",
                "A\\r\\n0123456789\\r\\n0\\r\\n\\r\\n",
                "0000a\\r\\n0123456789\\r\\n0\\r\\n\\r\\n",
                "1;x\\r\\na\\r\\n0;last=\"y\"\\r\\n\\r\\n",
                "1;x=y;z;q=\"a;\\x5c\"b\\x5c\\x5c\\t\\xff\";w\\r\\na\\r\\n0\\r\\n\\r\\n",
                "2\\r\\n\\r\\n\\r\\n0\\r\\n\\r\\n",
                "0\\r\\nX-Sum: 1\\r\\nY:\\t2 \\r\\n\\r\\n",
                "0\\r\\nHosts: 1\\r\\n\\r\\n",
            })
    void accepts(String escaped) throws BadMessage {
        byte[] whole = Splits.octets(escaped);
        byte[] octets = Splits.octets(escaped + "GET");
        for (List<byte[]> pieces : Splits.cuts(octets)) {
            assertEquals(whole.length, walk(pieces), () -> "first " + pieces.get(0).length);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RFC 9112 7.1, no size | \\r\\na",
                "RFC 9112 7.1, no size but an extension | ;a\\r\\n",
                "RFC 9112 7.1, space before the size | _1\\r\\n",
                "RFC 9112 7.1, space behind the size | 1 \\r\\na\\r\\n",
                "RFC 9112 7.1, sign | +1\\r\\na",
                "RFC 9112 7.1, minus | -1\\r\\na",
                "RFC 9112 7.1, 0x | 0x1\\r\\na",
                "RFC 9112 7.1, underscore | 1_0\\r\\na",
                "RFC 9112 7.1, no digit | g\\r\\n",
                "RFC 9112 7.1, other digits | \\xb2\\r\\n",
                "RFC 9112 7.1, overflow of 64 bits | 10000000000000000\\r\\n",
                "RFC 9112 7.1, overflow to a negative | FFFFFFFFFFFFFFFF\\r\\n",
                "RFC 9112 7.1, sixteen digits | 0000000000000001\\r\\na",
                "RFC 9112 7.1, bare LF behind the size | 1\\na",
                "RFC 9112 7.1, bare CR behind the size | 1\\ra",
                "RFC 9112 7.1, NUL in the size | 1\\0\\r\\n",
                "RFC 9112 7.1.1, bare LF in an extension | 1;a\\nb\\r\\n",
                "RFC 9112 7.1.1, bare CR in an extension | 1;a\\rb\\r\\n",
                "RFC 9112 7.1.1, NUL in an extension | 1;\\0\\r\\n",
                "RFC 9112 7.1.1, no name | 1;\\r\\n",
                "RFC 9112 7.1.1, no name before the next | 1;;a\\r\\n",
                "RFC 9112 7.1.1, no value | 1;a=\\r\\n",
                "RFC 9112 7.1.1, name no token | 1;a/b\\r\\n",
                "RFC 9112 7.1.1, value no token | 1;a=b/c\\r\\n",
                "RFC 9112 7.1.1, open quotes | 1;a=\"b\\r\\nc\"\\r\\n",
                "RFC 9112 7.1.1, escaped line end | 1;a=\"b\\x5c\\r\\n\"\\r\\n",
                "RFC 9112 7.1.1, text behind quotes | 1;a=\"b\"c\\r\\n",
                "RFC 9112 7.1.1, white space | 1; a\\r\\n",
                "RFC 9112 7.1, no CRLF behind the data | 1\\r\\nab",
                "RFC 9112 7.1, bare LF behind the data | 1\\r\\na\\n",
                "RFC 9112 7.1, CR and no LF behind the data | 1\\r\\na\\rb",
                "RFC 9112 7.1.2, bare LF at the end | 0\\r\\n\\n",
                "RFC 9112 7.1.2, CR and no LF at the end | 0\\r\\n\\rX",
                "RFC 9112 7.1.2, folded trailer | 0\\r\\nA: b\\r\\n c\\r\\n\\r\\n",
                "RFC 9112 7.1.2, space before the colon | 0\\r\\nA : b\\r\\n\\r\\n",
                "RFC 9112 7.1.2, trailer without a name | 0\\r\\n: b\\r\\n\\r\\n",
                "RFC 9112 7.1.2, request for a trailer | 0\\r\\nGET / HTTP/1.1\\r\\n\\r\\n",
                "RFC 9112 7.1.2, bare LF in a trailer | 0\\r\\nA: b\\nC: d\\r\\n\\r\\n",
                "RFC 9112 7.1.2, NUL in a trailer | 0\\r\\nA: \\0\\r\\n\\r\\n",
                "RFC 9110 6.5.1, framing | 0\\r\\nContent-Length: 1\\r\\n\\r\\n",
                "RFC 9110 6.5.1, framing too | 0\\r\\nTRANSFER-ENCODING: chunked\\r\\n\\r\\n",
                "RFC 9110 6.5.1, routing | 0\\r\\nHost: a\\r\\n\\r\\n",
                "RFC 9110 6.5.1, connection | 0\\r\\nConnection: close\\r\\n\\r\\n",
                "RFC 9110 6.5.1, upgrade | 0\\r\\nUpgrade: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, keep-alive | 0\\r\\nKeep-Alive: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, address | 0\\r\\nX_Real_IP: 1\\r\\n\\r\\n",
                "RFC 9110 6.5.1, forwarding | 0\\r\\nX-Forwarded-For: 1.2.3.4\\r\\n\\r\\n",
                "RFC 9110 6.5.1, forwarding too | 0\\r\\nForwarded: for=1.2.3.4\\r\\n\\r\\n",
                "RFC 9110 6.5.1, authentication | 0\\r\\nAuthorization: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, cookies | 0\\r\\nCookie: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, framing with an underscore | 0\\r\\nContent_Length: 1\\r\\n\\r\\n",
                "RFC 9110 6.5.1, framing with an underscore too | 0\\r\\nTransfer_Encoding: chunked\\r\\n\\r\\n",
                "RFC 9110 6.5.1, forwarding with underscores | 0\\r\\nX_Forwarded_For: 1.2.3.4\\r\\n\\r\\n",
                "RFC 9110 6.5.1, how to read the content | 0\\r\\nContent-Encoding: gzip\\r\\n\\r\\n",
                "RFC 9110 6.5.1, what the content is | 0\\r\\nContent-Type: text/html\\r\\n\\r\\n",
                "RFC 9110 6.5.1, setting cookies | 0\\r\\nSet-Cookie: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, authentication at a proxy | 0\\r\\nProxy-Authorization: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, way | 0\\r\\nVia: 1.1 x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, trailer of a trailer | 0\\r\\nTrailer: x\\r\\n\\r\\n",
                "RFC 9110 6.5.1, other codings | 0\\r\\nTE: trailers\\r\\n\\r\\n",
                "RFC 9110 6.5.1, expectations | 0\\r\\nExpect: x\\r\\n\\r\\n",
            })
    void refuses(String rule, String escaped) {
        byte[] octets = Splits.octets(escaped);
        for (List<byte[]> pieces : Splits.cuts(octets)) {
            assertThrows(BadMessage.class, () -> walk(pieces), () -> "first " + pieces.get(0).length);
        }
    }

    @Test
    void boundsExtensions() {
        byte[] octets = Octets.of("1;" + "a".repeat(4096) + "\r\n");
        assertThrows(BadMessage.class, () -> walk(List.of(octets)));
    }

    @Test
    void boundsTrailers() {
        byte[] octets = Octets.of("0\r\n" + "A: b\r\n".repeat(2048) + "\r\n");
        assertThrows(BadMessage.class, () -> walk(List.of(octets)));
        byte[] endless = Octets.of("0\r\n" + "a".repeat(5000));
        assertThrows(BadMessage.class, () -> walk(List.of(endless)));
    }

    @Test
    void tellsContentFromFraming() throws BadMessage {
        ChunkWalker walker = new ChunkWalker();
        ByteBuf in = Unpooled.wrappedBuffer(Octets.of("2\r\nab\r\n0\r\n\r\n"));
        assertEquals(3, walker.walk(in, 0, in.writerIndex()));
        assertFalse(walker.wasData());
        assertEquals(5, walker.walk(in, 3, in.writerIndex()));
        assertTrue(walker.wasData());
        assertEquals(12, walker.walk(in, 5, in.writerIndex()));
        assertFalse(walker.wasData());
        assertTrue(walker.isAtEnd());
    }
}
