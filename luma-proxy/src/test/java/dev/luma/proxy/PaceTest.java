package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an app sees of a crowd that waited for it. */
class PaceTest {

    private static final int FIRST = 4;

    private static String get(String path, String client) {
        return "GET " + path + " HTTP/1.1\r\n" + ProxyKit.HOST + "X-Forwarded-For: " + client + "\r\n\r\n";
    }

    /** Never more at once than its answers have made room for: a few, and one more for each answer. */
    @Test
    void aThousandComeAsFastAsTheyAreAnswered() throws IOException {
        try (ProxyKit kit = ProxyKit.with().cold().timeless().loops(2).start()) {
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger tooMany = new AtomicInteger();
            kit.upstream.answer(request -> {
                int atWork = kit.inFlight();
                if (atWork > FIRST + answered.get()) {
                    tooMany.incrementAndGet();
                }
                answered.incrementAndGet();
                return RecordingUpstream.OK;
            });
            kit.runtime.hold();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                clients.add(kit.client().send(ProxyKit.GET));
            }
            ProxyKit.await(() -> kit.waiting() == 1_000);
            kit.runtime.open();
            for (RawClient client : clients) {
                assertEquals("ok", client.response().text());
            }
            assertEquals(0, tooMany.get());
            assertEquals(1_000, answered.get());
            assertEquals(1, kit.runtime.starts());
            assertEquals("ok", clients.get(0).ask(ProxyKit.GET).text());
        }
    }

    /** By the address that a trusted proxy names; otherwise all that come through it would be one. */
    @Test
    void clientsTakeTurnsByTheirAddress() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .cold()
                .timeless()
                .settings(settings -> Settings.behind(settings, false, "127.0.0.0/8"))
                .start()) {
            CountDownLatch looked = new CountDownLatch(1);
            kit.upstream.serve(connection -> {
                connection.request();
                RecordingUpstream.await(looked);
                connection.send(RecordingUpstream.OK);
                while (true) {
                    connection.request();
                    connection.send(RecordingUpstream.OK);
                }
            });
            kit.runtime.hold();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(kit.client().send(get("/many" + i, "192.0.2.1")));
                int waiting = i + 1;
                ProxyKit.await(() -> kit.waiting() == waiting);
            }
            clients.add(kit.client().send(get("/one", "192.0.2.2")));
            ProxyKit.await(() -> kit.waiting() == 21);
            clients.add(kit.client().send(get("/v6", "2001:db8::1")));
            clients.add(kit.client().send(get("/v6", "2001:db8::2")));
            ProxyKit.await(() -> kit.waiting() == 23);
            kit.runtime.open();
            ProxyKit.await(() -> kit.upstream.requests().size() == FIRST);
            assertEquals(
                    Set.of("/many0", "/one", "/v6", "/many1"),
                    kit.upstream.requests().stream().map(Message::target).collect(Collectors.toSet()));
            looked.countDown();
            for (RawClient client : clients) {
                assertEquals("ok", client.response().text());
            }
        }
    }

    /** They have no end for which the others could wait. */
    @Test
    void tunnelsHoldUpNobody() throws IOException {
        try (ProxyKit kit = ProxyKit.with().cold().timeless().start()) {
            kit.upstream.serve(connection -> {
                connection.request();
                connection.send(TunnelTest.SWITCH);
                connection.untilEnd();
            });
            kit.runtime.hold();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(kit.client().send(TunnelTest.UPGRADE));
            }
            ProxyKit.await(() -> kit.waiting() == 20);
            kit.runtime.open();
            for (RawClient client : clients) {
                assertEquals(101, client.response().status());
            }
            assertEquals(20, kit.inFlight());
        }
    }

    /** Nor do streams and long polls, though it takes a while until they are known for what they are. */
    @Test
    void streamsDoNotHoldUpTheRestForLong() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.upstream.serve(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
                connection.untilEnd();
            });
            kit.runtime.hold();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(kit.client().send(ProxyKit.GET));
            }
            ProxyKit.await(() -> kit.waiting() == 6);
            kit.runtime.open();
            for (RawClient client : clients) {
                assertEquals(200, client.reader().responseHead().status());
            }
            assertEquals(6, kit.inFlight());
            for (RawClient client : clients) {
                client.reset(); // one that only closes might be one that still listens
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.1, 192.0.2.1, true",
        "2001:db8::1, 2001:db8::2, true",
        "2001:db8:0:0:1::, 2001:db8::ffff:2, true",
        "2001:db8:0:1::1, 2001:db8::1, false",
        "unknown, unknown, true",
        "unknown, 192.0.2.1, false"
    })
    void householdsOfIpv6AreOneClient(String one, String other, boolean same) {
        boolean equal = Addresses.household(one).equals(Addresses.household(other));
        if (same) {
            assertTrue(equal);
        } else {
            assertFalse(equal);
        }
    }
}
