package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Status lines, and what a response says as a whole. Every input is also given octet by octet. */
@Rfc("9112 4")
class ResponseHeadTest {

    private final ResponseHead head = new ResponseHead();

    private void scan(String text) throws BadMessage {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int end = 0; end < octets.length; end++) {
            assertEquals(0, head.scan(octets, end), "accepted before its end: " + end);
        }
        assertEquals(octets.length, head.scan(octets, octets.length));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RFC 9112 4, HTTP/2 | HTTP/2.0 200 OK\\r\\n\\r\\n",
                "RFC 9112 4, HTTP/0.9 | <html>\\r\\n\\r\\n",
                "RFC 9112 4, lower case | http/1.1 200 OK\\r\\n\\r\\n",
                "RFC 9112 4, empty line before it | \\r\\nHTTP/1.1 200 OK\\r\\n\\r\\n",
                "RFC 9112 4, two spaces | HTTP/1.1  200 OK\\r\\n\\r\\n",
                "RFC 9112 4, two digits | HTTP/1.1 20 OK\\r\\n\\r\\n",
                "RFC 9112 4, four digits | HTTP/1.1 2000 OK\\r\\n\\r\\n",
                "RFC 9112 4, sign | HTTP/1.1 +20 OK\\r\\n\\r\\n",
                "RFC 9110 15, below 100 | HTTP/1.1 099 OK\\r\\n\\r\\n",
                "RFC 9112 4, NUL in the reason | HTTP/1.1 200 O\\0K\\r\\n\\r\\n",
                "RFC 9112 2.2, bare LF | HTTP/1.1 200 OK\\n\\n",
                "RFC 9112 2.2, bare CR | HTTP/1.1 200 O\\rK\\r\\n\\r\\n",
                "RFC 9112 5.1, space before the colon | HTTP/1.1 200 OK\\r\\nA : b\\r\\n\\r\\n",
                "RFC 9112 5.2, folded line | HTTP/1.1 200 OK\\r\\nA: b\\r\\n c\\r\\n\\r\\n",
                "RFC 9112 6.1, chunked in 1.0 | HTTP/1.0 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
                "RFC 9112 6.1, both framings | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 1\\r\\n\\r\\n",
                "RFC 9112 6.1, other coding | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n",
                "RFC 9112 6.3, two lengths | HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nContent-Length: 1\\r\\n\\r\\n",
                "RFC 9112 6.3, list of lengths | HTTP/1.1 200 OK\\r\\nContent-Length: 1, 1\\r\\n\\r\\n",
            })
    void refuses(String rule, String escaped) {
        // That it is refused is all: whatever the reason, a client gets a 502.
        Splits.refusal(escaped, octets -> head.scan(octets, octets.length));
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, 200, false",
        "'HTTP/1.1 204 ', 204, false",
        "HTTP/1.1 404, 404, false",
        "HTTP/1.0 599 a b  c, 599, true",
        "HTTP/1.1 103 Early Hints, 103, false",
    })
    void readsAStatusLine(String line, int status, boolean http10) throws BadMessage {
        scan(line + "\r\nA: b\r\n\r\n");
        assertEquals(status, head.status);
        assertEquals(http10, head.http10);
        assertEquals(line.length() + 2, head.lineEnd);
    }

    /** RFC 9110 section 15.2: 101 ends the exchange as such, the other ones do not. */
    @Rfc("9110 15.2")
    @ParameterizedTest
    @CsvSource({"100, true", "101, false", "102, true", "103, true", "199, true", "200, false"})
    void knowsAnInterimAnswer(int status, boolean interim) throws BadMessage {
        scan("HTTP/1.1 " + status + " x\r\n\r\n");
        assertEquals(interim, head.isInterim());
    }

    /** RFC 9112 section 9.3. */
    @Rfc("9112 9.3")
    @ParameterizedTest
    @CsvSource({"1, '', true", "1, close, false", "0, '', false", "0, keep-alive, true"})
    void knowsWhetherTheConnectionStays(int minor, String connection, boolean stays) throws BadMessage {
        scan("HTTP/1." + minor + " 200 OK\r\nConnection: " + connection + "\r\n\r\n");
        assertEquals(stays, head.isPersistent());
    }
}
