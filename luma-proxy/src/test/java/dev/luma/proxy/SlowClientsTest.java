package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Many clients that take or give as little as they can: each costs little memory, and nobody waits for them. */
class SlowClientsTest {

    private static final int MANY = 200;
    private static final String CHUNKED = "POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final byte[] PIECE = new byte[1 << 16];
    private static final int TEN_MIB = 10 << 20;

    /** What the pool may hold beyond what is in use: chunks that are partly filled, and some for each thread. */
    private static final long POOL_SLACK = 32 << 20;

    private static void assertEachCostsAtMost(ProxyKit kit, int clients, int octets) {
        Flow.assertBufferedAtMost(kit, (long) clients * octets);
        long held = kit.allocator.metric().usedDirectMemory();
        assertTrue(held <= 2L * clients * octets + POOL_SLACK, "the pool holds " + held + " octets");
    }

    private static void assertOthersAreServed(ProxyKit kit) throws IOException {
        RawClient quick = kit.client();
        for (int i = 0; i < 50; i++) {
            assertEquals("ok", quick.ask(ProxyKit.GET).text());
        }
    }

    @Test
    void readersThatDoNotReadHoldBackTheAppAndNobodyElse() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            Flow flow = new Flow();
            for (int i = 0; i < MANY; i++) {
                kit.upstream.next(connection -> {
                    connection.request();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + TEN_MIB + "\r\n\r\n");
                    for (int sent = 0; sent < TEN_MIB; sent += PIECE.length) {
                        connection.send(PIECE);
                        flow.moved(PIECE.length);
                    }
                });
            }
            List<RawClient> slow = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                slow.add(kit.client(4_096).send(ProxyKit.GET));
            }
            ProxyKit.await(() -> kit.inFlight() == MANY);
            flow.awaitStandstill();
            assertTrue(flow.moved() < (long) MANY * TEN_MIB, "the app has sent everything already");
            assertEachCostsAtMost(kit, MANY, 400 << 10);
            assertOthersAreServed(kit);

            // An octet now and then does not change it.
            for (RawClient client : slow) {
                client.in().read();
            }
            assertEachCostsAtMost(kit, MANY, 400 << 10);
            assertEquals(MANY, kit.inFlight());
        }
    }

    @Test
    void tricklingHeadsCostWhatTheyAreLong() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            String head = "GET / HTTP/1.1\r\n" + ProxyKit.HOST + "Cookie: as long as it goes on";
            List<RawClient> slow = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                slow.add(kit.client());
            }
            for (int at = 0; at < head.length(); at++) {
                for (RawClient client : slow) {
                    client.send(head.substring(at, at + 1));
                }
            }
            ProxyKit.await(() -> kit.clientConnections() == MANY);
            assertEachCostsAtMost(kit, MANY, 16 << 10);
            assertOthersAreServed(kit);
            for (RawClient client : slow) {
                assertEquals("ok", client.ask("\r\n\r\n").text());
            }
        }
    }

    @Test
    void tricklingBodiesLieNowhere() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            List<RawClient> slow = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                slow.add(kit.client().send(CHUNKED));
            }
            for (byte octet : Octets.of("a\r\nsome octet\r\n")) {
                for (RawClient client : slow) {
                    client.send(new byte[] {octet});
                }
            }
            ProxyKit.await(() -> kit.inFlight() == MANY);
            assertEachCostsAtMost(kit, MANY, 16 << 10);
            assertOthersAreServed(kit);
            for (RawClient client : slow) {
                assertEquals("ok", client.ask("0\r\n\r\n").text());
            }
        }
    }

    @Test
    void bodiesOfRequestsThatWaitAreLeftWithTheirClients() throws IOException {
        int some = 50;
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            Flow flow = new Flow();
            List<CompletableFuture<Void>> sending = new ArrayList<>();
            for (int i = 0; i < some; i++) {
                RawClient client = kit.client().send(CHUNKED);
                sending.add(Background.run(() -> {
                    for (int sent = 0; sent < TEN_MIB; sent += PIECE.length) {
                        client.send("10000\r\n").send(PIECE).send("\r\n");
                        flow.moved(PIECE.length);
                    }
                    client.send("0\r\n\r\n");
                    assertEquals(200, client.response().status());
                }));
            }
            ProxyKit.await(() -> kit.waiting() == some);
            flow.awaitStandstill();
            assertTrue(flow.moved() < (long) some * TEN_MIB, "the clients have sent everything already");
            assertEachCostsAtMost(kit, some, 300 << 10);
            kit.runtime.open();
            sending.forEach(CompletableFuture::join);
        }
    }
}
