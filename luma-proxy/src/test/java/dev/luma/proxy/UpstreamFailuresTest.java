package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that close, cut, and talk nonsense. */
@Rfc("9110 15.6.3")
class UpstreamFailuresTest {

    private static final RecordingUpstream.Script ANSWER_ONCE_THEN_CLOSE = connection -> {
        connection.request();
        connection.send(RecordingUpstream.OK);
        connection.requestHead();
    };

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    private static String request(String method) {
        return method + " / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n";
    }

    private static void assertBadGateway(String reason, Message answer) {
        assertEquals(502, answer.status());
        assertEquals(reason, answer.field("luma-reason"));
    }

    /** RFC 9112 section 9.3.1: what is idempotent is sent once more when nothing came back. */
    @Rfc("9112 9.3.1")
    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS"})
    void repeatsWhatMayBeRepeated(String method) throws IOException {
        kit.upstream.next(ANSWER_ONCE_THEN_CLOSE);
        RawClient client = kit.client();
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals("ok", client.ask(request(method)).text());
        assertEquals(3, kit.upstream.requests().size());
        assertEquals(2, kit.upstream.connections().size());
    }

    @Rfc("9110 9.2.2")
    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "FETCH"})
    void doesNotRepeatWhatMayHaveBeenDone(String method) throws IOException {
        kit.upstream.next(ANSWER_ONCE_THEN_CLOSE);
        RawClient client = kit.client();
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertBadGateway("UPSTREAM_FAILED", client.ask(request(method)));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals(3, kit.upstream.requests().size());
    }

    @Rfc("9110 9.2.2")
    @Test
    void doesNotRepeatARequestWithABody() throws IOException {
        kit.upstream.next(ANSWER_ONCE_THEN_CLOSE);
        RawClient client = kit.client();
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        String put = "PUT / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 1\r\n\r\nx";
        assertBadGateway("UPSTREAM_FAILED", client.ask(put));
    }

    @Rfc("9110 9.2.2")
    @Test
    void repeatsOnlyOnce() throws IOException {
        kit.upstream.next(RecordingUpstream.Connection::request).next(RecordingUpstream.Connection::request);
        RawClient client = kit.client();
        assertBadGateway("UPSTREAM_FAILED", client.ask(ProxyKit.GET));
        assertEquals(2, kit.upstream.requests().size());
        assertEquals("ok", client.ask(ProxyKit.GET).text());
    }

    /** Something came back, so the request has been seen. */
    @Rfc("9110 9.2.2")
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 O", "HTTP/1.1 103 Early Hints\r\n\r\n"})
    void doesNotRepeatWhatHasBeenSeen(String beginning) throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(beginning);
        });
        RawClient client = kit.client();
        Message answer = client.ask(ProxyKit.GET);
        assertBadGateway("UPSTREAM_FAILED", answer.status() == 103 ? client.response() : answer);
        assertEquals(1, kit.upstream.requests().size());
    }

    /** The client must see that something is missing. */
    @Rfc("9112 8")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\n12345",
                "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0x1\r\na\r\n0\r\n\r\n",
            })
    void cutsATruncatedAnswer(String rest) throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        int head = rest.indexOf("12345");
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n" + rest.substring(0, head + 5));
            RecordingUpstream.await(seen);
            connection.send(rest.substring(head + 5));
        });
        RawClient client = kit.client().send(ProxyKit.GET);
        client.reader().responseHead();
        client.read(rest.startsWith("C") ? 5 : 8);
        seen.countDown();
        assertTrue(client.rest().endsWith("<reset>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
                "HTTP/1.1 99 OK\r\n\r\n",
                "\r\nHTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void answers502ToAnInvalidAnswer(String garbage) throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(garbage);
            connection.untilEnd();
        });
        RawClient client = kit.client();
        assertBadGateway("UPSTREAM_INVALID", client.ask(ProxyKit.GET));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals(2, kit.upstream.connections().size());
    }

    @Test
    void answers502ToAHugeHead() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n" + ("A: " + "b".repeat(1000) + "\r\n").repeat(40));
            connection.untilEnd();
        });
        assertBadGateway("UPSTREAM_INVALID", kit.client().ask(ProxyKit.GET));
    }

    @ParameterizedTest
    @CsvSource({"GET, 200", "POST, 502"})
    void surviveAReset(String method, int status) throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.reset();
        });
        RawClient client = kit.client();
        assertEquals(status, client.ask(request(method)).status());
        assertEquals("ok", client.ask(ProxyKit.GET).text());
    }

    /** The client may be sending for long after; it is told all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000000", "Transfer-Encoding: chunked"})
    void answer502ToAnUploadThatAResetBreaksOff(String framing) throws IOException {
        kit.upstream.next(connection -> {
            connection.requestHead();
            connection.read(100_000);
            connection.reset();
        });
        RawClient client = kit.client().send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + framing + "\r\n\r\n");
        CompletableFuture<Void> sending = Background.run(() -> {
            for (int i = 0; i < 1000; i++) {
                client.send("2000\r\n" + "u".repeat(0x2000) + "\r\n");
            }
        });
        assertBadGateway("UPSTREAM_FAILED", client.response());
        sending.handle((done, cut) -> null).join();
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
    }

    @Test
    void forgetsIdleConnectionsThatTheUpstreamCloses() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(RecordingUpstream.OK);
        });
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
        ProxyKit.await(() -> kit.idleUpstreamConnections() == 0);
    }

    @Test
    void closesIdleConnectionsItself() throws IOException {
        try (ProxyKit brief = ProxyKit.with()
                .settings(all -> Settings.upstreamIdle(all, Duration.ofMillis(1)))
                .start()) {
            assertEquals("ok", brief.client().ask(ProxyKit.GET).text());
            ProxyKit.await(() -> brief.idleUpstreamConnections() == 0 && brief.upstream.open() == 0);
        }
    }

    /** The client leaves in the middle: the upstream is let go as well, and its connection is not used again. */
    @Rfc("9112 9.6")
    @Test
    void areLetGoWithTheClient() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
            connection.untilEnd();
            ended.countDown();
        });
        RawClient client = kit.client().send(ProxyKit.GET);
        client.reader().responseHead();
        client.reset();
        RecordingUpstream.await(ended);
        ProxyKit.await(() -> kit.inFlight() == 0);
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
        assertEquals(2, kit.upstream.connections().size());
    }
}
