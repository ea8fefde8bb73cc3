package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Endpoint;
import dev.luma.core.ProjectStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each timeout: who is waited for, and what becomes of the request. Those of the head and of idle clients: ClientConnectionTest. */
class TimeoutsTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String POST = "POST / HTTP/1.1\r\n" + ProxyKit.HOST;
    private static final String CONTENT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

    private static ProxyKit.Options with(String timeout) {
        return ProxyKit.with().settings(usual -> Settings.timeout(usual, timeout, SHORT));
    }

    private static void assertAnswered(int status, String reason, Message answer) {
        assertEquals(status, answer.status());
        assertEquals(reason, answer.field("luma-reason"));
    }

    /** RFC 9110 section 15.5.9. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\n",
                "Content-Length: 10\r\n\r\nsome",
                "Transfer-Encoding: chunked\r\n\r\n4\r\nso"
            })
    void aBodyThatStopsIsAnswered408(String start) throws IOException {
        try (ProxyKit kit = with("body").start()) {
            CompletableFuture<Void> left = new CompletableFuture<>();
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.untilEnd();
                left.complete(null);
            });
            RawClient client = kit.client().send(POST + start);
            Message answer = client.response();
            assertAnswered(408, "REQUEST_TIMEOUT", answer);
            assertEquals("close", answer.field("connection"));
            assertEquals("", client.rest());
            left.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    /** RFC 9110 section 15.6.5. The client did nothing wrong: its connection goes on. */
    @Test
    void anUpstreamThatDoesNotAnswerIs504() throws IOException {
        try (ProxyKit kit = with("firstByte").start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.untilEnd();
            });
            RawClient client = kit.client();
            Message answer = client.ask(ProxyKit.GET);
            assertAnswered(504, "UPSTREAM_TIMEOUT", answer);
            assertTrue(answer.text().contains("did not begin to answer within 300ms"), answer.text());
            assertEquals("ok", client.ask(ProxyKit.GET).text());
        }
    }

    @Test
    void anUpstreamThatDoesNotTakeTheBodyIs504() throws IOException {
        try (ProxyKit kit = with("firstByte").start()) {
            CompletableFuture<Void> over = new CompletableFuture<>();
            kit.upstream.next(connection -> {
                connection.requestHead();
                over.orTimeout(20, TimeUnit.SECONDS).join();
            });
            RawClient client = kit.client().send(POST + "Content-Length: 100000000\r\n\r\n");
            CompletableFuture<Void> sending = Background.run(() -> client.send(new byte[100_000_000]));
            assertAnswered(504, "UPSTREAM_TIMEOUT", client.response());
            over.complete(null);
            sending.handle((done, cut) -> null).join();
        }
    }

    /** RFC 9110 section 10.1.1: the client does not send before it is told to, so it is not the client that is late. */
    @Test
    void anUpstreamThatDoesNotSayContinueIs504() throws IOException {
        try (ProxyKit kit = with("firstByte").start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.untilEnd();
            });
            RawClient client = kit.client().send(POST + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertAnswered(504, "UPSTREAM_TIMEOUT", client.response());
        }
    }

    /** RFC 9110 section 10.1.1: an expectation of HTTP/1.0 is none, and the body is the client's to send. */
    @Test
    void aBodyOfHttp10ThatDoesNotStartIs408() throws IOException {
        try (ProxyKit kit = with("body").start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.untilEnd();
            });
            RawClient client = kit.client()
                    .send("POST / HTTP/1.0\r\n" + ProxyKit.HOST + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertAnswered(408, "REQUEST_TIMEOUT", client.response());
        }
    }

    /** RFC 9112 section 8: what is cut off must not look whole. */
    @ParameterizedTest
    @ValueSource(strings = {CONTENT + "some", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n"})
    void anAnswerThatStopsIsCutOff(String start) throws IOException {
        try (ProxyKit kit = with("response").start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send(start);
                connection.untilEnd();
            });
            RawClient client = kit.client().send(ProxyKit.GET);
            assertEquals(200, client.reader().responseHead().status());
            assertTrue(client.rest().endsWith("<reset>"));
        }
    }

    @Test
    void aClientThatDoesNotReadIsLetGo() throws IOException {
        try (ProxyKit kit = with("response").start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                connection.send(new byte[100_000_000]);
            });
            kit.client(16 * 1024).send(ProxyKit.GET);
            ProxyKit.await(() -> kit.inFlight() == 1);
            ProxyKit.await(() -> kit.inFlight() == 0 && kit.clientConnections() == 0);
        }
    }

    @Test
    void aSilentTunnelEnds() throws IOException {
        try (ProxyKit kit = with("tunnel").start()) {
            CompletableFuture<String> got = new CompletableFuture<>();
            kit.upstream.next(connection -> {
                connection.request();
                connection.send(TunnelTest.SWITCH);
                got.complete(connection.untilEnd());
            });
            RawClient client = kit.client();
            assertEquals(101, client.ask(TunnelTest.UPGRADE).status());
            client.send("last");
            assertEquals("", client.rest());
            assertEquals("last", got.orTimeout(10, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void aWholeRequestHasItsTimeToo() throws IOException {
        try (ProxyKit kit = with("request").start()) {
            kit.upstream
                    .next(connection -> {
                        connection.request();
                        connection.untilEnd();
                    })
                    .next(connection -> {
                        connection.request();
                        connection.send("HTTP/1.1 200 OK\r\n\r\n");
                        while (true) {
                            connection.send("never silent ");
                            assertTrue(kit.clientConnections() >= 0); // takes a turn on the loop, which sets the pace
                        }
                    });
            RawClient client = kit.client();
            Message answer = client.ask(ProxyKit.GET);
            assertAnswered(504, "UPSTREAM_TIMEOUT", answer);
            assertTrue(answer.text().contains("the whole request within 300ms"), answer.text());
            client.send(ProxyKit.GET);
            assertEquals(200, client.reader().responseHead().status());
            assertTrue(client.rest().endsWith("<reset>"));
        }
    }

    @Test
    void aWholeRequestIncludesItsWait() throws IOException {
        try (ProxyKit kit = with("request").cold().start()) {
            kit.runtime.hold();
            assertAnswered(504, "UPSTREAM_TIMEOUT", kit.client().ask(ProxyKit.GET));
            assertEquals(0, kit.waiting());
        }
    }

    /** A port whose queue is full: nothing refuses the connection, and nothing takes it. */
    @Test
    void aConnectionThatIsNotTakenSendsTheRequestBackInTheLine() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ProxyKit kit = with("connect")
                        .cold()
                        .waitTimeout(Duration.ofSeconds(1))
                        .start()) {
            kit.wake();
            kit.runtime.leadTo(new Endpoint("127.0.0.1", full.getLocalPort(), Endpoint.Reach.DIRECT));
            kit.app()
                    .sleep()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            kit.wake();
            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Socket one = new Socket();
                crowd.add(one);
                Background.run(() -> one.connect(new InetSocketAddress(full.getInetAddress(), full.getLocalPort())));
            }
            RawClient client = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.app().status().state() == ProjectStatus.State.STARTING);
            assertAnswered(504, "START_TIMEOUT", client.response());
            for (Socket one : crowd) {
                one.close();
            }
        }
    }

    /** RFC 9112 section 9.6. */
    @Test
    void aConnectionServesOnlySoManyRequests() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.bound(usual, "requestsPerConnection", 3))
                .start()) {
            RawClient client = kit.client().send(ProxyKit.GET.repeat(4));
            assertTrue(client.response().all("connection").isEmpty());
            assertTrue(client.response().all("connection").isEmpty());
            assertEquals("close", client.response().field("connection"));
            assertEquals("", client.rest());
            assertEquals(3, kit.upstream.requests().size());
        }
    }

    /** An answer that ends with the connection, of which the last octets lie in Luma, and nobody takes them. */
    private static RawClient withAnEndUnsent(ProxyKit kit, AtomicInteger sent) throws IOException {
        // How much the kernel takes is its own affair. If so much lies in Luma that it takes no more, it is tried
        // again.
        for (int attempts = 0; attempts < 20; attempts++) {
            sent.set(0);
            CompletableFuture<Void> said = new CompletableFuture<>();
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\n\r\n");
                while (Flow.buffered(kit) <= 64 * 1024) {
                    connection.send(new byte[8 * 1024]);
                    sent.addAndGet(8 * 1024);
                    kit.settle();
                }
                connection.close();
                said.complete(null);
            });
            RawClient client = kit.client(4096).send(ProxyKit.GET);
            said.orTimeout(10, TimeUnit.SECONDS).join();
            kit.settle();
            if (kit.inFlight() == 0) {
                return client;
            }
            client.close();
            ProxyKit.await(() -> kit.inFlight() == 0);
        }
        throw new AssertionError("no answer was over with its end unsent");
    }

    @Test
    void theEndOfAnAnswerHasMoreTimeThanAnIdleClient() throws IOException {
        try (ProxyKit kit = with("keepAlive").start()) {
            AtomicInteger sent = new AtomicInteger();
            RawClient client = withAnEndUnsent(kit, sent);
            // Of two who are quiet, this one has been for less long.
            assertEquals("", kit.client().rest());
            assertEquals(sent.get(), client.finalResponse().body().length);
        }
    }

    @Test
    void theEndOfAnAnswerThatNobodyTakesIsCutSoThatItIsSeen() throws IOException {
        try (ProxyKit kit = with("response").start()) {
            withAnEndUnsent(kit, new AtomicInteger());
            ProxyKit.await(() -> kit.clientConnections() == 0);
        }
    }
}
