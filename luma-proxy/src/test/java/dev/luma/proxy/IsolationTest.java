package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an upstream says to one client never reaches another one. Each test has two clients on one loop. */
@Rfc({"9112 6.3", "9112 9.2"})
class IsolationTest {

    private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        // No idle connection is closed but for what is said on it.
        kit = ProxyKit.with()
                .settings(settings -> Settings.upstreamIdle(settings, Duration.ofMinutes(5)))
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    /** Octets behind an answer, in the same packet. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "behind a counted body | GET | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok",
                "behind the last chunk | GET | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n0\\r\\n\\r\\n",
                "behind an empty body | GET | HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n",
                "a body for HEAD | HEAD | HTTP/1.1 200 OK\\r\\nContent-Length: 73\\r\\n\\r\\n",
                "a body for 204 | GET | HTTP/1.1 204 No\\r\\nContent-Length: 73\\r\\n\\r\\n",
                "a body for 304 | GET | HTTP/1.1 304 No\\r\\nContent-Length: 73\\r\\n\\r\\n",
                "a body for 304 in chunks | GET | HTTP/1.1 304 No\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
                "interim before the answer to HEAD | HEAD | HTTP/1.1 103 H\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 73\\r\\n\\r\\n",
            })
    void leftoversPoisonTheConnection(String where, String method, String escaped) throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(new String(Splits.octets(escaped), StandardCharsets.ISO_8859_1) + EVIL);
            assertEquals("", connection.untilEnd().replace("<reset>", ""));
        });
        RawClient first = kit.client();
        RawClient second = kit.client();
        first.send(method + " / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
        Message answer = method.equals("HEAD") ? first.responseToHead() : first.response();
        if (answer.status() == 103) {
            answer = first.responseToHead();
        }
        assertFalse(answer.text().contains("evil"));
        assertEquals("ok", second.ask(ProxyKit.GET).text());
        assertEquals("ok", first.ask(ProxyKit.GET).text());
        assertEquals(2, kit.upstream.connections().size());
    }

    @Test
    void octetsOnAnIdleConnectionEndIt() throws IOException {
        CountDownLatch answered = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(RecordingUpstream.OK);
            RecordingUpstream.await(answered);
            connection.send(EVIL);
            assertEquals("", connection.untilEnd().replace("<reset>", ""));
        });
        RawClient first = kit.client();
        assertEquals("ok", first.ask(ProxyKit.GET).text());
        answered.countDown();
        ProxyKit.await(() -> kit.idleUpstreamConnections() == 0);
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
        assertEquals("ok", first.ask(ProxyKit.GET).text());
    }

    /** The rest of an answer that its client did not wait for. */
    @Test
    void anAbortMidwayEndsTheConnection() throws IOException {
        CountDownLatch gone = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
            RecordingUpstream.await(gone);
            connection.send("more" + EVIL);
            connection.untilEnd();
        });
        RawClient first = kit.client().send(ProxyKit.GET);
        first.reader().responseHead();
        first.reset();
        ProxyKit.await(() -> kit.clientConnections() == 0);
        gone.countDown();
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
    }

    /** A client that leaves before its answer has begun. */
    @Test
    void anAbortBeforeTheAnswerEndsTheConnection() throws IOException {
        CountDownLatch gone = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            RecordingUpstream.await(gone);
            connection.send(EVIL);
            connection.untilEnd();
        });
        RawClient first = kit.client().send(ProxyKit.GET);
        ProxyKit.await(() -> kit.upstream.requests().size() == 1);
        first.reset();
        ProxyKit.await(() -> kit.clientConnections() == 0);
        gone.countDown();
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
    }

    /** Half of a request's body is no place to begin another request. */
    @Test
    void anUnfinishedRequestEndsTheConnection() throws IOException {
        kit.upstream.next(connection -> {
            connection.requestHead();
            connection.send(RecordingUpstream.OK);
            assertEquals("half", connection.untilEnd().replace("<reset>", ""));
        });
        RawClient first = kit.client().send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 8\r\n\r\nhalf");
        assertEquals("ok", first.response().text());
        first.send(ProxyKit.GET);
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
        assertEquals("", first.rest().replace("<reset>", ""));
        assertEquals(2, kit.upstream.requests().size());
    }
}
