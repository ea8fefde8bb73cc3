package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fields on their way through, on the wire. */
@Rfc("9110 7.6")
class ForwardingTest {

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    private Message seenOf(String fields) throws IOException {
        assertEquals(
                200,
                kit.client()
                        .ask("GET / HTTP/1.1\r\n" + ProxyKit.HOST + fields + "\r\n")
                        .status());
        return kit.upstream.onlyRequest();
    }

    /** RFC 7239, RFC 9110 section 7.6.3. */
    @Rfc("9110 7.6.3")
    @Test
    void saysWhereTheRequestCameFrom() throws IOException {
        assertEquals(
                List.of(
                        "Host: app.test",
                        "X-Request-Id: mine",
                        "Via: 1.1 luma",
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Host: app.test",
                        "Forwarded: for=127.0.0.1;proto=http;host=\"app.test\""),
                seenOf("X-Request-Id: mine\r\n").lines());
    }

    @Rfc("7239 8.1")
    @Test
    void believesNothingThatAClientSaysOfItself() throws IOException {
        Message seen = seenOf(
                "X-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nx-forwarded-proto: https\r\n"
                        + "X-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\nX_Forwarded_User: root\r\nX-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n");
        assertEquals("127.0.0.1", seen.field("x-forwarded-for"));
        assertEquals("http", seen.field("x-forwarded-proto"));
        assertEquals("app.test", seen.field("x-forwarded-host"));
        assertEquals("for=127.0.0.1;proto=http;host=\"app.test\"", seen.field("forwarded"));
        assertFalse(seen.has("x_forwarded_for"));
        assertFalse(seen.has("x-forwarded-port"));
        assertFalse(seen.has("x-forwarded-user"));
        assertFalse(seen.has("x-real-ip"));
    }

    @Rfc("9110 7.6.3")
    @Test
    void addsToViaOfOthers() throws IOException {
        assertEquals(
                List.of("1.0 fred", "1.1 luma"), seenOf("Via: 1.0 fred\r\n").all("via"));
    }

    /** RFC 9110 section 7.6.1. */
    @Rfc("9110 7.6.1")
    @Test
    void removesWhatBelongsToOneHopFromRequests() throws IOException {
        Message seen = seenOf("Keep-Alive: 5\r\nConnection: keep-alive, x-mine\r\nX-Mine: 1\r\nProxy-Connection: x\r\n"
                + "Upgrade: websocket\r\nTE: gzip\r\nX-Other: 2\r\n");
        for (String name : List.of("keep-alive", "connection", "x-mine", "proxy-connection", "upgrade", "te")) {
            assertFalse(seen.has(name), name);
        }
        assertEquals("2", seen.field("x-other"));
    }

    @Rfc("9110 7.6.1")
    @Test
    void doesNotLetAClientNominateOtherFieldsAway() throws IOException {
        Message seen = seenOf("Connection: close, Host, X-Forwarded-For, Forwarded, Via, Cookie, Authorization\r\n"
                + "Cookie: c\r\nAuthorization: a\r\n");
        assertEquals("app.test", seen.field("host"));
        assertEquals("127.0.0.1", seen.field("x-forwarded-for"));
        assertEquals("1.1 luma", seen.field("via"));
        assertEquals("c", seen.field("cookie"));
        assertEquals("a", seen.field("authorization"));
    }

    @Rfc("9110 7.6.1")
    @Test
    void removesWhatBelongsToOneHopFromAnswers() throws IOException {
        kit.upstream.answer(
                "HTTP/1.1 200 OK\r\nKeep-Alive: 5\r\nConnection: keep-alive, x-mine\r\nX-Mine: 1\r\n"
                        + "Content-Length: 0\r\nUpgrade: h2\r\nProxy-Connection: x\r\nDate: d\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n");
        assertEquals(
                List.of("Content-Length: 0", "Date: d", "Set-Cookie: a", "Set-Cookie: b", "Via: 1.1 luma"),
                kit.client().ask(ProxyKit.GET).lines());
    }

    @Test
    void passesAllOtherFieldsAsTheyAre() throws IOException {
        Message seen = seenOf(
                "traceparent: 00-a-b-01\r\ntracestate: c=d,e=f\r\nX-Request-Id: r\r\nodd:\t a  b \t\r\nempty:\r\nlatin: \u00e4\r\n");
        assertEquals(
                List.of(
                        "Host: app.test",
                        "traceparent: 00-a-b-01",
                        "tracestate: c=d,e=f",
                        "X-Request-Id: r",
                        "odd:\t a  b \t",
                        "empty:",
                        "latin: \u00e4"),
                seen.lines().subList(0, 7));
    }
}
