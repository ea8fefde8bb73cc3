package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Answers that come while the body of the request is still on its way (RFC 9112 sections 9.3 and 9.6). */
@Rfc({"9112 9.3", "9112 9.6"})
class EarlyAnswerTest {

    private static final String TOO_MUCH = "HTTP/1.1 413 Too Much\r\nContent-Length: 8\r\n\r\nwont eat";
    private static final String POST = "POST / HTTP/1.1\r\n" + ProxyKit.HOST;

    @Test
    void reachAClientThatIsStillSending() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send(TOO_MUCH);
            });
            RawClient client = kit.client().send(POST + "Content-Length: 100000000\r\n\r\n");
            CompletableFuture<Void> sending = Background.run(() -> {
                for (int i = 0; i < 1000; i++) {
                    client.send(new byte[100_000]);
                }
            });
            Message answer = client.response();
            assertEquals("wont eat", answer.text());
            assertEquals("close", answer.field("connection"));
            sending.handle((done, cut) -> null).join();
        }
    }

    /** The app closes without having read the body, which resets. That stops the body, and not the answer before it. */
    @Test
    void reachAClientThoughTheAppResetsBehindThem() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            CountDownLatch full = new CountDownLatch(1);
            CountDownLatch reset = new CountDownLatch(1);
            kit.upstream.next(connection -> {
                connection.requestHead();
                RecordingUpstream.await(full);
                connection.send(TOO_MUCH);
                connection.reset();
                reset.countDown();
            });
            RawClient client = kit.client().send(POST + "Content-Length: 100000000\r\n\r\n");
            Flow flow = new Flow();
            CompletableFuture<Void> sending = Background.run(() -> {
                for (int i = 0; i < 1000; i++) {
                    client.send(new byte[100_000]);
                    flow.moved(100_000);
                }
            });
            flow.awaitStandstill();
            // Luma sees the answer and the reset at once, and the octets that it still has to write meet the reset
            // first.
            kit.server.loops().iterator().next().eventLoop.execute(() -> {
                full.countDown();
                assertDoesNotThrow(() -> RecordingUpstream.await(reset));
            });
            Message answer = client.response();
            assertEquals("wont eat", answer.text());
            assertEquals("close", answer.field("connection"));
            sending.handle((done, cut) -> null).join();
        }
    }

    /** The connection stays half-open for a while, so that a reset does not overtake the answer. */
    @Test
    void areFollowedByALingeringClose() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send(TOO_MUCH);
                connection.untilEnd();
            });
            RawClient client = kit.client().send(POST + "Content-Length: 100\r\n\r\n");
            assertEquals(413, client.response().status());
            assertEquals(-1, client.in().read());
            client.send("some").send(" more");
        }
    }

    @Test
    void mayComeInPartsWhileTheBodyGoesOn() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
                connection.send(connection.read(3));
                connection.send(connection.read(3));
            });
            RawClient client = kit.client().send(POST + "Content-Length: 6\r\n\r\n");
            assertEquals(200, client.reader().responseHead().status());
            assertEquals("abc", client.send("abc").read(3));
            assertEquals("def", client.send("def").read(3));
        }
    }

    /** The client breaks its own framing behind an answer that has begun: it is cut, and the upstream sees no end. */
    @Test
    void areCutIfTheBodyTurnsOutBroken() throws IOException {
        CompletableFuture<String> seen = new CompletableFuture<>();
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
                seen.complete(connection.untilEnd());
            });
            RawClient client = kit.client().send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            client.reader().responseHead();
            client.read(3);
            client.send("0x3\r\nabc\r\n");
            assertEquals("<reset>", client.rest());
            assertEquals("3\r\nabc\r\n", seen.join().replace("<reset>", ""));
        }
    }

    @Test
    void areNotNeededToRefuseABrokenBody() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.untilEnd();
                ended.countDown();
            });
            RawClient client = kit.client().send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            ProxyKit.await(() -> kit.upstream.requests().size() == 1);
            client.send("-3\r\n");
            Message answer = client.response();
            assertEquals(400, answer.status());
            assertEquals("close", answer.field("connection"));
            assertEquals("", client.rest());
            RecordingUpstream.await(ended);
        }
    }

    /** The app says enough before it reads, and keeps its connection: what it has not taken yet is in nobody else's way. */
    @Test
    void leaveTheRestOfTheirBodyToNoOther() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            CountDownLatch whole = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            kit.upstream.next(connection -> {
                connection.requestHead();
                RecordingUpstream.await(whole);
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly");
                RecordingUpstream.await(over);
            });
            RawClient client = kit.client().send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            while (Flow.queued(kit) <= 64 * 1024) {
                client.send("2000\r\n").send(new byte[0x2000]).send("\r\n");
                kit.settle();
            }
            client.send("0\r\n\r\n");
            kit.settle();
            whole.countDown();
            assertEquals("early", client.response().text());
            assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
            over.countDown();
        }
    }
}
