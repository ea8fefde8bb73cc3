package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is passed on of a head, and what Luma adds. */
@Rfc("9110 7.6")
class HeadWriterTest {

    private static final byte[] FORWARDED = Octets.of("F: 1\r\n");
    private static final byte[] NOTHING = {};

    private static String request(String text) throws BadMessage {
        return request(text, new RequestId());
    }

    private static String request(String text, RequestId id) throws BadMessage {
        RequestHead head = new RequestHead();
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = head.scan(octets, octets.length);
        assertEquals(octets.length, length);
        return text(HeadWriter.request(Unpooled.buffer(), head, FORWARDED, id));
    }

    private static String response(String text, boolean dropChunked, boolean close, boolean keepAlive)
            throws BadMessage {
        ResponseHead head = new ResponseHead();
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(octets.length, head.scan(octets, octets.length));
        return text(HeadWriter.response(Unpooled.buffer(), head, dropChunked, close, keepAlive, NOTHING, NOTHING));
    }

    private static String text(ByteBuf out) {
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return text;
    }

    @Test
    void passesOnWhatIsEndToEnd() throws BadMessage {
        assertEquals(
                "GET /a HTTP/1.1\r\nHost: a\r\nA:  b \r\nCookie: c\r\nAccept: d\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("GET /a HTTP/1.1\r\nHost: a\r\nA:  b \r\nCookie: c\r\nAccept: d\r\n\r\n"));
    }

    /** RFC 9110 section 7.6.1. */
    @Rfc("9110 7.6.1")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close",
                "Connection: keep-alive",
                "Keep-Alive: 1",
                "Proxy-Connection: x",
                "Proxy: http://evil.test/",
                "TE: gzip",
                "Upgrade: h2c",
                "X-Forwarded-For: 1.1.1.1",
                "X_Forwarded_For: 1.1.1.1",
                "Forwarded: for=1.1.1.1",
                "X-Forwarded-Host: x",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Anything: 1",
                "X_Forwarded_User: root",
                "X-Real-IP: 1.1.1.1",
                "X_Request_Id: 1",
                "Connection: X-N\r\nX-N: 1",
                "Connection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x"
            })
    void dropsWhatBelongsToOneHop(String lines) throws BadMessage {
        String expected = "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n";
        assertEquals(expected, request("GET / HTTP/1.1\r\n" + lines + "\r\nHost: a\r\nB: c\r\n\r\n"));
        assertEquals(expected, request("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\nB: c\r\n\r\n"));
        assertEquals(expected, request("GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n" + lines + "\r\n\r\n"));
    }

    /** RFC 9112 section 3.2.2: Host is written anew from the target. */
    @Rfc("9112 3.2.2")
    @ParameterizedTest
    @CsvSource({
        "GET, http://o.test:80/x?y, /x?y",
        "GET, http://o.test:80, /",
        "GET, http://o.test:80?q, /?q",
        "OPTIONS, http://o.test:80/, /",
    })
    void turnsTheAddressIntoHostAndPath(String method, String target, String path) throws BadMessage {
        assertEquals(
                method + " " + path + " HTTP/1.1\r\nHost: o.test:80\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request(method + " " + target + " HTTP/1.1\r\nHost: other\r\n\r\n"));
    }

    @Rfc("9110 7.6.2")
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "010, 9", "999999, 999998", "99999999999999999999, 999998"})
    void countsTheHopsOfOptionsDown(String from, String to) throws BadMessage {
        assertEquals(
                "OPTIONS / HTTP/1.1\r\nHost: a\r\nVia: 1.1 luma\r\nF: 1\r\nMax-Forwards: " + to + "\r\n\r\n",
                request("OPTIONS / HTTP/1.1\r\nmax-forwards:" + from + "\r\nHost: a\r\n\r\n"));
    }

    @Rfc("9110 7.6.2")
    @Test
    void leavesMaxForwardsOfOtherMethodsAlone() throws BadMessage {
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: x, y\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: x, y\r\n\r\n"));
        assertEquals(
                "HTTP/1.1 200 OK\r\nMax-Forwards: 0\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 200 OK\r\nMax-Forwards: 0\r\n\r\n", false, false, false));
    }

    @Test
    void putsTheIdOfTheRequestInPlaceOfItsOwn() throws BadMessage {
        RequestId id = new RequestId();
        id.make(new SplittableRandom(1));
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\nVia: 1.1 luma\r\nF: 1\r\nX-Request-Id: " + id.text() + "\r\n\r\n",
                request("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: \r\nB: c\r\nx-request-id: d\r\n\r\n", id));
    }

    /** An app may tell a proxy in front of Luma about a user, as those do that authenticate for others. */
    @Test
    void leavesWhatAnAppSaysInFieldsOfThatKind() throws BadMessage {
        assertEquals(
                "HTTP/1.1 200 OK\r\nX-Forwarded-User: u\r\nX-Request-Id: 1\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 200 OK\r\nX-Forwarded-User: u\r\nX-Request-Id: 1\r\n\r\n", false, false, false));
    }

    /** RFC 9110 sections 2.5 and 7.6.3: the version is that of the sender; Via names the one received. */
    @Rfc({"9110 2.5", "9110 7.6.3"})
    @ParameterizedTest
    @CsvSource({"1.0, 1.0", "1.1, 1.1", "1.2, 1.1", "1.9, 1.1"})
    void speaksHttp11(String from, String via) throws BadMessage {
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a\r\nVia: " + via + " luma\r\nF: 1\r\n\r\n",
                request("GET / HTTP/" + from + "\r\nHost: a\r\n\r\n"));
    }

    /** RFC 9110 section 10.1.1: an expectation of an HTTP/1.0 client is ignored. */
    @Rfc("9110 10.1.1")
    @Test
    void passesExpectationsOnButNotFromHttp10() throws BadMessage {
        assertEquals(
                "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"));
        assertEquals(
                "PUT / HTTP/1.1\r\nHost: a\r\nVia: 1.0 luma\r\nF: 1\r\n\r\n",
                request("PUT / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"));
    }

    /** RFC 9112 sections 5.1 and 7: allowed, and read differently by some; passed on in the form that nobody misreads. */
    @Rfc({"9112 5.1", "9112 7", "9110 8.6"})
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding:chunked",
                "Transfer-Encoding:\tchunked",
                "transfer-encoding: chunked\t",
                "Transfer-Encoding: CHUNKED",
            })
    void writesTheCodingAnew(String line) throws BadMessage {
        assertEquals(
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\nB: c\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("POST / HTTP/1.1\r\nHost: a\r\n" + line + "\r\nB: c\r\n\r\n"));
        assertEquals(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nB: c\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 200 OK\r\n" + line + "\r\nB: c\r\n\r\n", false, false, false));
        assertEquals(
                "HTTP/1.1 200 OK\r\nB: c\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 200 OK\r\n" + line + "\r\nB: c\r\n\r\n", true, false, false));
    }

    @Rfc({"9112 5.1", "9110 8.6"})
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length:10", "content-length:\t10 ", "Content-Length: 0010"})
    void writesTheLengthAnew(String line) throws BadMessage {
        assertEquals(
                "POST / HTTP/1.1\r\nContent-Length: 10\r\nHost: a\r\nB: c\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("POST / HTTP/1.1\r\nHost: a\r\n" + line + "\r\nB: c\r\n\r\n"));
        assertEquals(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nB: c\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 200 OK\r\n" + line + "\r\nB: c\r\n\r\n", false, false, false));
        assertEquals(
                "HTTP/1.1 204 No\r\nB: c\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 204 No\r\n" + line + "\r\nB: c\r\n\r\n", false, false, false));
    }

    @Rfc({"9112 3.2", "9112 5.1"})
    @ParameterizedTest
    @ValueSource(strings = {"Host:a.test:80", "host:\ta.test:80 "})
    void writesHostAnew(String line) throws BadMessage {
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a.test:80\r\nB: c\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("GET / HTTP/1.1\r\n" + line + "\r\nB: c\r\n\r\n"));
    }

    /** RFC 9112 section 4: the space behind the status is there even if the reason is not. */
    @Rfc("9112 4")
    @Test
    void completesAStatusLine() throws BadMessage {
        assertEquals(
                "HTTP/1.1 404 \r\nA: b\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 404\r\nA: b\r\n\r\n", false, false, false));
        assertEquals(
                "HTTP/1.1 404 \r\nA: b\r\nVia: 1.1 luma\r\n\r\n",
                response("HTTP/1.1 404 \r\nA: b\r\n\r\n", false, false, false));
    }

    @Rfc("9112 2.2")
    @Test
    void dropsTheEmptyLineBeforeTheRequest() throws BadMessage {
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 luma\r\nF: 1\r\n\r\n",
                request("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    /** RFC 9110 section 7.8. */
    @Rfc("9110 7.8")
    @Test
    void keepsAnUpgrade() throws BadMessage {
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nVia: 1.1 luma\r\nF: 1\r\nConnection: upgrade\r\n\r\n",
                request("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, X\r\nUpgrade: websocket\r\nX: 1\r\n\r\n"));
    }

    /** RFC 9110 section 10.1.4. */
    @Rfc("9110 10.1.4")
    @Test
    void keepsThatTrailersAreWelcome() throws BadMessage {
        assertEquals(
                "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 luma\r\nF: 1\r\nTE: trailers\r\nConnection: TE\r\n\r\n",
                request("GET / HTTP/1.1\r\nHost: a\r\nTE: gzip, trailers\r\nConnection: TE\r\n\r\n"));
    }

    @Test
    void writesAResponse() throws BadMessage {
        String from = "HTTP/1.1 200 Fine by me\r\nA: b\r\nConnection: X\r\nKeep-Alive: 1\r\nX: y\r\nUpgrade: z\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n";
        assertEquals(
                "HTTP/1.1 200 Fine by me\r\nA: b\r\nTransfer-Encoding: chunked\r\nVia: 1.1 luma\r\n\r\n",
                response(from, false, false, false));
        assertEquals(
                "HTTP/1.1 200 Fine by me\r\nA: b\r\nVia: 1.1 luma\r\nConnection: close\r\n\r\n",
                response(from, true, true, false));
    }

    @Test
    void answersHttp10ThatTheConnectionStays() throws BadMessage {
        assertEquals(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.0 luma\r\nConnection: keep-alive\r\n\r\n",
                response("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, false, true));
    }

    /** RFC 9110 section 8.6 and RFC 9112 section 6.1: these have no framing fields. */
    @Rfc({"9110 8.6", "9112 6.1"})
    @ParameterizedTest
    @ValueSource(ints = {100, 103, 204})
    void dropsFramingWhereThereMayBeNone(int status) throws BadMessage {
        String expected = "HTTP/1.1 " + status + " x\r\nVia: 1.1 luma\r\n\r\n";
        assertEquals(expected, response("HTTP/1.1 " + status + " x\r\nContent-Length: 5\r\n\r\n", false, false, false));
        assertEquals(
                expected,
                response("HTTP/1.1 " + status + " x\r\nTransfer-Encoding: chunked\r\n\r\n", false, false, false));
    }

    @Test
    void keepsTheUpgradeOfA101() throws BadMessage {
        assertEquals(
                "HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nVia: 1.1 luma\r\nConnection: upgrade\r\n\r\n",
                response("HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", false, false, false));
    }

    /** RFC 7239 sections 4 and 6. */
    @Rfc({"7239 4", "7239 6"})
    @ParameterizedTest
    @CsvSource({"10.0.0.1, a.test:80, 10.0.0.1", "'::1', a.test, '\"[::1]\"'"})
    void saysWhereARequestCameFrom(String address, String host, String node) {
        assertEquals(
                "X-Forwarded-For: 9.9.9.9, " + address + "\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: " + host
                        + "\r\nForwarded: for=" + node + ";proto=http;host=\"" + host + "\"\r\n",
                new String(
                        HeadWriter.forwarded("9.9.9.9, " + address, address, "http", host, ""),
                        StandardCharsets.ISO_8859_1));
    }
}
