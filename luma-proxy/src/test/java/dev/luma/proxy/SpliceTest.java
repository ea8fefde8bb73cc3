package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Long bodies that the kernel moves: whole, in order, and never to somebody else. */
class SpliceTest {

    /** More than the kernel keeps for two connections, so that a client that does not read holds some of it back. */
    private static final int LONG = 24 << 20;

    private static final String POST_LONG =
            "POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: " + LONG + "\r\n\r\n";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Epoll.isAvailable());
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    private static byte[] octets(int length, int seed) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) (seed + i * 31 + (i >> 9));
        }
        return octets;
    }

    private static String head(int length, String... fields) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n" + String.join("", fields) + "\r\n";
    }

    private long moved() {
        Loop loop = kit.server.loops().iterator().next();
        return loop.eventLoop.submit(loop.splice::moved).syncUninterruptibly().getNow();
    }

    @Test
    void theKernelMovesMostOfALongAnswer() throws IOException {
        byte[] body = octets(LONG, 1);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(LONG));
            connection.send(body);
        });
        assertArrayEquals(body, kit.client().ask(ProxyKit.GET).body());
        assertTrue(moved() > LONG / 2, () -> "moved " + moved());
    }

    @Test
    void theKernelMovesMostOfALongRequest() throws Exception {
        byte[] body = octets(LONG, 2);
        RawClient client = kit.client();
        CompletableFuture<Void> sent =
                Background.run(() -> client.send(POST_LONG).send(body));
        assertEquals("ok", client.response().text());
        sent.get();
        assertArrayEquals(body, kit.upstream.onlyRequest().body());
        assertTrue(moved() > LONG / 2, () -> "moved " + moved());
    }

    /** What the client does not take at once is kept for it, and nothing gets in between. */
    @Test
    void aSlowClientGetsItAll() throws IOException {
        byte[] body = octets(LONG, 3);
        Flow flow = new Flow();
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(LONG, "Connection: close\r\n"));
            for (int from = 0; from < LONG; from += 1 << 16) {
                connection.send(Arrays.copyOfRange(body, from, from + (1 << 16)));
                flow.moved(1 << 16);
            }
        });
        RawClient client = kit.client(4096).send(ProxyKit.GET);
        flow.awaitStandstill();
        Flow.assertBufferedAtMost(kit, 1 << 20);
        assertArrayEquals(body, client.response().body());
        assertTrue(moved() > LONG / 2, () -> "moved " + moved());
    }

    /** An upstream that has said everything may close while most of it is still on its way. */
    @Test
    void anEndThatComesWithTheLastOctetsCostsNone() throws IOException {
        byte[] body = octets(3 << 20, 4);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(body.length));
            connection.send(body);
        });
        RawClient client = kit.client(4096);
        assertArrayEquals(body, client.ask(ProxyKit.GET).body());
        assertEquals("ok", client.ask(ProxyKit.GET).text());
    }

    /** RFC 9112 section 8: a client must be able to see that its answer is not whole. */
    @Test
    void anUpstreamThatDiesMidwayIsNotHidden() throws IOException {
        byte[] body = octets(1 << 20, 5);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(LONG));
            connection.send(body);
        });
        RawClient client = kit.client().send(ProxyKit.GET);
        assertThrows(IOException.class, client::response);
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
    }

    /** What a client has not taken before it left is nobody else's: the next one gets its own answer. */
    @Test
    void whatOneClientLeftBehindReachesNoOther() throws IOException {
        byte[] left = octets(LONG, 6);
        byte[] own = octets(LONG, 7);
        Flow flow = new Flow();
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(LONG));
            for (int from = 0; from < LONG; from += 1 << 16) {
                connection.send(Arrays.copyOfRange(left, from, from + (1 << 16)));
                flow.moved(1 << 16);
            }
        });
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(LONG));
            connection.send(own);
        });
        RawClient leaving = kit.client(4096).send(ProxyKit.GET);
        flow.awaitStandstill();
        leaving.reset();
        assertArrayEquals(own, kit.client().ask(ProxyKit.GET).body());
    }

    /** RFC 9112 section 9.2: octets behind a body belong to no request, and their connection is not used again. */
    @Test
    void octetsBehindALongBodyEndTheConnection() throws IOException {
        byte[] body = octets(4 << 20, 8);
        byte[] more = Octets.of("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        byte[] all = Arrays.copyOf(body, body.length + more.length);
        System.arraycopy(more, 0, all, body.length, more.length);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(head(body.length));
            connection.send(all);
            connection.requestHead();
        });
        RawClient client = kit.client();
        assertArrayEquals(body, client.ask(ProxyKit.GET).body());
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals(2, kit.upstream.connections().size());
    }

    /** An early answer (RFC 9110 section 15.5.14) is delivered though its request is still being moved. */
    @Test
    void anAnswerOvertakesALongRequest() throws Exception {
        kit.upstream.next(connection -> {
            connection.requestHead();
            connection.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        });
        byte[] body = octets(LONG, 9);
        RawClient client = kit.client();
        CompletableFuture<Void> sending = Background.run(() -> {
            try {
                client.send(POST_LONG).send(body);
            } catch (IOException cut) {
                return; // nobody listens any more
            }
        });
        assertEquals(413, client.response().status());
        client.close();
        sending.get();
    }
}
