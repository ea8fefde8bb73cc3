package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.proxy.FieldNames.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Field lines: their syntax, and those that decide about framing. Every input is also given octet by octet. */
@Rfc("9112 5")
class FieldsTest {

    private final Fields fields = new Fields();

    private void scan(String lines) throws BadMessage {
        byte[] octets = (lines + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        for (int end = 0; end < octets.length; end++) {
            assertEquals(-1, fields.scan(octets, 0, end), "accepted before its end: " + end);
        }
        assertEquals(octets.length, fields.scan(octets, 0, octets.length));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RFC 9112 5.1, space before the colon | Host : a\\r\\n\\r\\n | 400",
                "RFC 9112 5.1, tab before the colon | Host\\t: a\\r\\n\\r\\n | 400",
                "RFC 9110 5.1, no name | : a\\r\\n\\r\\n | 400",
                "RFC 9110 5.1, no colon | Host\\r\\n\\r\\n | 400",
                "RFC 9110 5.1, name no token | Ho(st: a\\r\\n\\r\\n | 400",
                "RFC 9110 5.1, name not ASCII | H\\xf6st: a\\r\\n\\r\\n | 400",
                "RFC 9110 5.1, NUL in a name | Ho\\0st: a\\r\\n\\r\\n | 400",
                "RFC 9112 5.2, folded with a space | A: b\\r\\n c\\r\\n\\r\\n | 400",
                "RFC 9112 5.2, folded with a tab | A: b\\r\\n\\tc\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, white space before the first line | _A: b\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, bare LF behind a value | A: b\\nC: d\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, bare LF at the end | A: b\\r\\n\\n | 400",
                "RFC 9112 2.2, bare CR in a value | A: b\\rC: d\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, CR CR LF | A: b\\r\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, bare CR at the end | A: b\\r\\n\\rX | 400",
                "RFC 9110 5.5, NUL in a value | A: b\\0c\\r\\n\\r\\n | 400",
                "RFC 9110 5.5, vertical tab in a value | A: b\\x0bc\\r\\n\\r\\n | 400",
                "RFC 9110 5.5, DEL in a value | A: b\\x7fc\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, length and coding | Content-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, coding and length | Transfer-Encoding: chunked\\r\\nContent-Length: 1\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, chunked twice | Transfer-Encoding: chunked, chunked\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, two lines | Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, split over lines | Transfer-Encoding: chunked\\r\\nTransfer-Encoding: identity\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, gzip first | Transfer-Encoding: gzip, chunked\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, chunked not last | Transfer-Encoding: chunked, gzip\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, unknown | Transfer-Encoding: xchunked\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, quoted | Transfer-Encoding: \"chunked\"\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, parameter | Transfer-Encoding: chunked;q=1\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, empty | Transfer-Encoding: \\r\\n\\r\\n | 501",
                "RFC 9112 6.1, vertical tab | Transfer-Encoding: \\x0bchunked\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, look-alike | Transfer_Encoding: chunked\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, tabs inside | Transfer-Encoding: chu\\tnked\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, comma behind it | Transfer-Encoding: chunked,\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, comma before it | Transfer-Encoding: ,chunked\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, identity | Transfer-Encoding: identity\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, NUL behind it | Transfer-Encoding: chunked\\0\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, folded | Transfer-Encoding:\\r\\n chunked\\r\\n\\r\\n | 501",
                "RFC 9112 6.1, split by a fold | Transfer-Encoding: chunked,\\r\\n xchunked\\r\\n\\r\\n | 501",
                "RFC 9112 6.3, two lengths | Content-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\n | 400",
                "RFC 9112 6.3, the same twice | Content-Length: 1\\r\\nContent-Length: 1\\r\\n\\r\\n | 400",
                "RFC 9112 6.3, list | Content-Length: 1, 1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, plus | Content-Length: +1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, minus | Content-Length: -1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, hexadecimal | Content-Length: 0x1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, empty | Content-Length:\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, fraction | Content-Length: 1.0\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, space inside | Content-Length: 1 1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, overflow | Content-Length: 9223372036854775808\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, long overflow | Content-Length: 18446744073709551617\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, look-alike | Content_Length: 1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, nineteen digits | Content-Length: 0000000000000000001\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, exponent | Content-Length: 1e1\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, only spaces | Content-Length:  \\t \\r\\n\\r\\n | 400",
                "RFC 9110 8.6, quoted | Content-Length: \"1\"\\r\\n\\r\\n | 400",
                "RFC 9110 8.6, other digits | Content-Length: \\xb2\\r\\n\\r\\n | 400",
            })
    void refuses(String rule, String escaped, int status) {
        assertEquals(status, Splits.refusal(escaped, octets -> Math.max(0, fields.scan(octets, 0, octets.length))));
    }

    /** RFC 9112 section 5.1 lets white space be; what is not in the plain form is written anew by whoever passes it on. */
    @Rfc({"9112 5.1", "9110 8.6", "9112 7"})
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONTENT_LENGTH | Content-Length: 0 | false",
                "CONTENT_LENGTH | content-length: 10 | false",
                "CONTENT_LENGTH | Content-Length: 010 | true",
                "CONTENT_LENGTH | Content-Length:10 | true",
                "CONTENT_LENGTH | Content-Length:\t10 | true",
                "CONTENT_LENGTH | Content-Length:  10 | true",
                "CONTENT_LENGTH | 'Content-Length: 10 ' | true",
                "TRANSFER_ENCODING | transfer-encoding: chunked | false",
                "TRANSFER_ENCODING | Transfer-Encoding: Chunked | true",
                "TRANSFER_ENCODING | Transfer-Encoding:\tchunked | true",
                "TRANSFER_ENCODING | 'Transfer-Encoding: chunked\t' | true",
                "HOST | Host: A.test:80 | false",
                "HOST | Host:a.test | true",
                "HOST | 'Host: a.test ' | true",
            })
    void knowsWhatIsReadDifferently(Kind kind, String line, boolean unusual) throws BadMessage {
        scan("A: b\r\n" + line + "\r\nC: d\r\n");
        assertEquals(unusual, fields.isUnusual(kind));
        scan("A: b\r\n");
        assertFalse(fields.isUnusual(kind), "of the head before");
    }

    @Rfc("9110 8.6")
    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "007, 7", "' 42\t', 42", "999999999999999999, 999999999999999999"})
    void readsALength(String value, long length) throws BadMessage {
        scan("content-LENGTH:" + value + "\r\n");
        assertEquals(length, fields.framing.contentLength);
    }

    @Rfc("9112 7")
    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Chunked", "CHUNKED", "\tchunked "})
    void readsChunked(String value) throws BadMessage {
        scan("Transfer-Encoding:" + value + "\r\n");
        assertTrue(fields.framing.chunked);
        assertEquals(-1, fields.framing.contentLength);
    }

    @Rfc("9110 5.5")
    @ParameterizedTest
    @ValueSource(strings = {"", "b", " b ", "\tb\t", "b c", "\u00e4", "b:c", "\"b", ","})
    void takesAnyValueOfVisibleOctets(String value) throws BadMessage {
        scan("A:" + value + "\r\n");
        assertEquals(1, fields.count());
    }

    @Test
    void knowsWhereEachLineIs() throws BadMessage {
        scan("A: b\r\nHost: c \r\nDe:f\r\n");
        assertEquals(3, fields.count());
        assertEquals(0, fields.start(0));
        assertEquals(6, fields.end(0));
        assertEquals(6, fields.start(1));
        assertEquals(16, fields.end(1));
        assertEquals(12, fields.hostStart);
        assertEquals(13, fields.hostEnd);
    }

    /** RFC 9110 section 7.6.1. */
    @Rfc("9110 7.6.1")
    @Test
    void takesNominatedFieldsForHopByHop() throws BadMessage {
        scan("X-One: 1\r\nConnection: x-ONE , , close\r\nConnection: X-Two,\r\nX-Two: 2\r\nX-On: 3\r\n");
        assertEquals(Kind.HOP_BY_HOP, fields.kind(0));
        assertEquals(Kind.HOP_BY_HOP, fields.kind(3));
        assertEquals(Kind.OTHER, fields.kind(4));
        assertTrue(fields.connection.close);
    }

    /** RFC 9110 section 7.6.1: what is meant for the end may not be nominated. */
    @Rfc("9110 7.6.1")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "Content-Length",
                "Content-Type",
                "Cookie",
                "Set-Cookie",
                "Authorization",
                "Cache-Control",
                "X-Forwarded-For",
                "X-Request-Id",
                "Max-Forwards",
                "Forwarded",
                "Via",
                "Content-Encoding",
                "Content-Range",
                "Expect",
                "Accept",
                "Trailer"
            })
    void leavesWhatIsEndToEnd(String name) throws BadMessage {
        scan("Connection: " + name + "\r\n" + name + ": 1\r\n");
        assertFalse(fields.kind(1) == Kind.HOP_BY_HOP, fields.kind(1).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "Keep-Alive, HOP_BY_HOP",
        "Proxy-Connection, HOP_BY_HOP",
        "PROXY, HOP_BY_HOP",
        "Proxy-Authorization, OTHER",
        "X-FORWARDED-FOR, FORWARDING",
        "X_Forwarded_For, FORWARDING",
        "x_forwarded_port, FORWARDING",
        "X-Forwarded_Proto, FORWARDING",
        "X_Forwarded-Host, FORWARDING",
        "Forwarded, FORWARDING",
        "X-Forwarded-By, FORWARDING",
        "X_Forwarded-Access-Token, FORWARDING",
        "X-Forwarded-, OTHER",
        "XX-Forwarded-For, OTHER",
        "X_Real_IP, FORWARDING",
        "X-Request-ID, REQUEST_ID",
        "X_Request_Id, HOP_BY_HOP",
        "Max-Forwards, MAX_FORWARDS",
        "Hosts, OTHER",
        "Hos, OTHER",
    })
    void knowsFieldsByTheirNames(String name, Kind kind) throws BadMessage {
        scan(name + ": a\r\n");
        assertEquals(kind, fields.kind(0));
    }

    /** RFC 9110 section 10.1.4. */
    @Rfc("9110 10.1.4")
    @ParameterizedTest
    @CsvSource({"trailers, true", "'gzip, Trailers', true", "'trailers;q=1', false", "gzip, false", "'', false"})
    void knowsAClientThatTakesTrailers(String value, boolean takes) throws BadMessage {
        scan("TE: " + value + "\r\n");
        assertEquals(takes, fields.teTrailers);
    }

    @Test
    void holdsManyFieldsButNotAnyNumber() throws BadMessage {
        scan("A: b\r\n".repeat(256));
        assertEquals(256, fields.count());
        byte[] octets = Octets.of("A: b\r\n".repeat(257) + "\r\n");
        BadMessage bad = assertThrows(BadMessage.class, () -> fields.scan(octets, 0, octets.length));
        assertEquals(Failure.HEAD_TOO_LARGE, bad.failure());
    }

    @Test
    void nominatesAnyNumber() throws BadMessage {
        scan("Connection: " + "a,".repeat(100) + "X-Last\r\nX-Last: 1\r\n");
        assertEquals(Kind.HOP_BY_HOP, fields.kind(1));
    }
}
