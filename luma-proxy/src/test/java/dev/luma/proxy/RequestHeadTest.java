package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request lines, and what a request says as a whole. Every input is also given octet by octet. */
@Rfc("9112 3")
class RequestHeadTest {

    private final RequestHead head = new RequestHead();

    private int scan(String text) throws BadMessage {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = head.scan(octets, octets.length);
        for (int end = 0; end < length; end++) {
            assertEquals(0, new RequestHead().scan(octets, end), "accepted before its end: " + end);
        }
        return length;
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: app.test\r\n\r\n";
    }

    private String authority() {
        return Octets.text(head.octets(), head.authorityStart, head.authorityEnd);
    }

    private String target() {
        return Octets.text(head.octets(), head.targetStart, head.targetEnd);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RFC 9112 2.2, bare LF | GET / HTTP/1.1\\nHost: a\\n\\n | 400",
                "RFC 9112 2.2, bare CR | GET / HTTP/1.1\\rHost: a\\r\\r | 400",
                "RFC 9112 2.2, white space before the line | _GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, two empty lines before it | \\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, NUL before the line | \\0GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 2.2, control before the line | \\x01GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 2.3, lower case version | GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 2.3, no version | GET /\\r\\n\\r\\n | 400",
                "RFC 9112 2.3, two digits | GET / HTTP/1.10\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 2.3, white space behind it | GET / HTTP/1.1 \\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9110 15.6.6, HTTP/2 | GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n | 505",
                "RFC 9113 3.4, HTTP/2 preface | PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n | 505",
                "RFC 9110 15.6.6, HTTP/0.9 | GET / HTTP/0.9\\r\\n\\r\\n | 505",
                "RFC 9112 3, two spaces | GET  / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3, two spaces behind | GET /  HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3, tab | GET\\t/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3, form feed | GET\\x0c/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.1, method no token | G(T / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.1, TLS hello | \\x16\\x03\\x01\\x02\\x00 | 400",
                "RFC 9112 3, endless method | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 501",
                "RFC 9112 3.2, space in target | GET /a b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, control in target | GET /a\\x07 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, non-ASCII in target | GET /\\xe4 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, fragment | GET /a#b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, NUL in target | GET /\\0 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2.1, neither path nor address | GET a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2.2, other scheme | GET ftp://a/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9110 4.2.1, address without host | GET http:/// HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9110 4.2.1, the same and no path | GET http:// HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9110 7.4, https over plain text | GET https://a/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 421",
                "RFC 9112 3.2.3, CONNECT | CONNECT 127.0.0.1:22 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 405",
                "RFC 9110 9.3.8, TRACE | TRACE / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 405",
                "RFC 9112 3.2.4, asterisk for GET | GET * HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2.4, asterisk and more | OPTIONS *a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, asterisk and userinfo | OPTIONS * HTTP/1.1\\r\\nHost: u@a\\r\\n\\r\\n | 400",
                "RFC 9110 4.2.4, address and userinfo | OPTIONS http://u@a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9110 7.6.2, no number | OPTIONS / HTTP/1.1\\r\\nHost: a\\r\\nMax-Forwards: x\\r\\n\\r\\n | 400",
                "RFC 9110 7.6.2, signed | OPTIONS / HTTP/1.1\\r\\nHost: a\\r\\nMax-Forwards: -1\\r\\n\\r\\n | 400",
                "RFC 9110 7.6.2, empty | OPTIONS * HTTP/1.1\\r\\nHost: a\\r\\nMax-Forwards: \\r\\n\\r\\n | 400",
                "RFC 9110 7.6.2, list | OPTIONS / HTTP/1.1\\r\\nHost: a\\r\\nMax-Forwards: 1, 1\\r\\n\\r\\n | 400",
                "RFC 9110 7.6.2, two | OPTIONS / HTTP/1.1\\r\\nHost: a\\r\\nMax-Forwards: 1\\r\\nMax-Forwards: 1\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, no Host | GET / HTTP/1.1\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, no Host but an address | GET http://a/ HTTP/1.1\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, two Hosts | GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: a\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, two Hosts in 1.0 | GET / HTTP/1.0\\r\\nHost: a\\r\\nhost: b\\r\\n\\r\\n | 400",
                "RFC 9112 3.2, malformed Host behind an address | GET http://a/ HTTP/1.1\\r\\nHost: b@c\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, chunked in 1.2 | POST / HTTP/1.2\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 400",
                "RFC 9112 6.1, chunked in 1.0 | POST / HTTP/1.0\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 400",
            })
    void refuses(String rule, String escaped, int status) {
        assertEquals(status, Splits.refusal(escaped, octets -> head.scan(octets, octets.length)));
    }

    @Test
    void readsARequestLine() throws BadMessage {
        assertEquals(get("/a?b=%20").length(), scan(get("/a?b=%20")));
        assertTrue(head.methodIs("GET"));
        assertEquals("/a?b=%20", target());
        assertEquals("app.test", authority());
        assertFalse(head.http10);
        assertFalse(head.absoluteForm);
    }

    /** RFC 9112 section 2.2. */
    @Rfc("9112 2.2")
    @Test
    void forgivesOneEmptyLineBeforeTheRequest() throws BadMessage {
        assertEquals(2 + get("/").length(), scan("\r\n" + get("/")));
        assertEquals("/", target());
    }

    @Test
    void stopsBehindTheHead() throws BadMessage {
        assertEquals(get("/").length(), scan(get("/") + "POST"));
    }

    /** RFC 9112 section 3.2.2: the address wins over Host. */
    @Rfc("9112 3.2.2")
    @ParameterizedTest
    @CsvSource({
        "http://Other.test:80/a, Other.test:80, /a",
        "HTTP://other.test, other.test, ''",
        "http://other.test?q, other.test, ?q",
        "http://[::1]:8080/, [::1]:8080, /",
        "/http://x/, app.test, /http://x/",
        "//x/, app.test, //x/",
    })
    void takesTheAuthorityFromTheTarget(String target, String authority, String path) throws BadMessage {
        scan(get(target));
        assertEquals(authority, authority());
        assertEquals(path, target());
    }

    /** RFC 9112 section 3.2.4. */
    @Rfc("9112 3.2.4")
    @Test
    void takesTheAsteriskForOptions() throws BadMessage {
        scan("OPTIONS * HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assertEquals("*", target());
    }

    /** RFC 9112 section 9.3. */
    @Rfc("9112 9.3")
    @ParameterizedTest
    @CsvSource({
        "1, '', true",
        "1, close, false",
        "1, 'foo, CLOSE', false",
        "1, keep-alive, true",
        "1, 'keep-alive, close', false",
        "0, '', false",
        "0, Keep-Alive, true",
        "0, 'keep-alive, close', false",
    })
    void knowsWhetherTheConnectionStays(int minor, String connection, boolean stays) throws BadMessage {
        scan("GET / HTTP/1." + minor + "\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n");
        assertEquals(stays, head.isPersistent());
    }

    /** RFC 9110 section 9.2.2. */
    @Rfc("9110 9.2.2")
    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
    void repeatsWhatIsIdempotentAndHasNoBody(String method) throws BadMessage {
        scan(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertTrue(head.isRepeatable());
        scan(method + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
        assertFalse(head.isRepeatable());
        scan(method + " / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertFalse(head.isRepeatable());
        scan(method + " / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertFalse(head.isRepeatable());
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "get", "GETS"})
    void repeatsNothingElse(String method) throws BadMessage {
        scan(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertFalse(head.isRepeatable());
    }

    /** RFC 9110 section 7.8; RFC 9113 section 3.1 has retired the upgrade to h2c, which would hide requests from Luma. */
    @Rfc({"9110 7.8", "9113 3.1"})
    @ParameterizedTest
    @CsvSource({
        "'Connection: Upgrade', 'Upgrade: websocket', 1, true",
        "'Connection: foo, upgrade', 'Upgrade: a/1', 1, true",
        "'Connection: upgrade', 'X: y', 1, false",
        "'Connection: foo', 'Upgrade: websocket', 1, false",
        "'Connection: upgrade', 'Upgrade: websocket', 0, false",
        "'Connection: upgrade', 'Upgrade: h2c', 1, false",
        "'Connection: upgrade', 'Upgrade: websocket, H2C', 1, false",
    })
    void knowsAnUpgrade(String connection, String upgrade, int minor, boolean is) throws BadMessage {
        scan("GET / HTTP/1." + minor + "\r\nHost: a\r\n" + connection + "\r\n" + upgrade + "\r\n\r\n");
        assertEquals(is, head.isUpgrade());
    }

    @Test
    void isUsedAgainWithoutMemory() throws BadMessage {
        scan("HEAD http://x/y HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\n");
        scan(get("/"));
        assertFalse(head.http10);
        assertFalse(head.absoluteForm);
        assertFalse(head.hasBody());
        assertEquals("app.test", authority());
    }
}
