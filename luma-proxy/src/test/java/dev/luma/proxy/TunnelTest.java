package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Upgrades (RFC 9110 section 7.8), as WebSocket uses them. */
@Rfc("9110 7.8")
class TunnelTest {

    static final String UPGRADE =
            "GET /ws HTTP/1.1\r\n" + ProxyKit.HOST + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    @Test
    void carriesOctetsBothWays() throws IOException {
        kit.upstream.next(connection -> {
            Message request = connection.request();
            assertEquals("websocket", request.field("upgrade"));
            assertEquals("upgrade", request.field("connection"));
            connection.send(SWITCH);
            for (int i = 0; i < 3; i++) {
                connection.send(connection.read(4) + "!");
            }
            connection.read(1);
        });
        RawClient client = kit.client();
        Message answer = client.ask(UPGRADE);
        assertEquals(101, answer.status());
        assertEquals("websocket", answer.field("upgrade"));
        assertEquals("upgrade", answer.field("connection"));
        for (int i = 0; i < 3; i++) {
            assertEquals("\0\u00ffa" + i + "!", client.send("\0\u00ffa" + i).read(5));
            assertEquals(1, kit.inFlight());
        }
        client.send(".");
        assertEquals("", client.rest());
    }

    /** Octets in the same packet as the 101 and as the request. */
    @Test
    void losesNothingAtTheSwitch() throws IOException {
        CompletableFuture<String> early = new CompletableFuture<>();
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH + "right behind");
            early.complete(connection.read(5));
        });
        RawClient client = kit.client().send(UPGRADE + "early");
        assertEquals(101, client.response().status());
        assertEquals("right behind", client.read(12));
        assertEquals("early", early.orTimeout(10, TimeUnit.SECONDS).join());
        assertEquals("", client.rest());
    }

    @Test
    void passesTheEndOfTheClientOn() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH);
            connection.send("got " + connection.untilEnd());
        });
        RawClient client = kit.client();
        client.ask(UPGRADE);
        client.send("all of it").halfClose();
        assertEquals("got all of it", client.rest());
    }

    /** What was not sent yet when the client ends is sent first. */
    @Test
    void passesEverythingOnBeforeTheEnd() throws IOException {
        CountDownLatch door = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH);
            RecordingUpstream.await(door);
            connection.send("got " + connection.untilEnd().length());
        });
        RawClient client = kit.client();
        client.ask(UPGRADE);
        int sent = 0;
        while (!lumaHoldsMuch()) {
            client.send(new byte[16 * 1024]);
            sent += 16 * 1024;
        }
        client.halfClose();
        kit.clientConnections();
        door.countDown();
        assertEquals("got " + sent, client.rest());
    }

    /** Whether the kernel takes no more towards the upstream; a loop that answers has read what was there to read. */
    private boolean lumaHoldsMuch() {
        kit.clientConnections();
        kit.clientConnections();
        return Flow.buffered(kit) > 128 * 1024;
    }

    @Test
    void endsWithTheUpstream() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH + "bye");
        });
        RawClient client = kit.client();
        client.ask(UPGRADE);
        assertEquals("bye", client.read(3));
        assertEquals("", client.rest());
        ProxyKit.await(() -> kit.inFlight() == 0);
    }

    /** A client that is still sending when the upstream ends gets the last octets, not a reset in their place. */
    @Test
    void deliversTheLastOctetsToAClientThatSends() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH);
            connection.read(1);
            connection.send("last words");
        });
        RawClient client = kit.client();
        client.ask(UPGRADE);
        client.send("x".repeat(100_000));
        assertEquals("last words", client.rest().replace("<reset>", ""));
    }

    @Test
    void endsWhenTheClientVanishes() throws IOException {
        CompletableFuture<String> end = new CompletableFuture<>();
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH);
            end.complete(connection.untilEnd());
        });
        RawClient client = kit.client();
        client.ask(UPGRADE);
        client.reset();
        end.orTimeout(10, TimeUnit.SECONDS).join();
        ProxyKit.await(() -> kit.inFlight() == 0);
    }

    @Test
    void goesOnWithHttpWhenTheUpgradeIsDeclined() throws IOException {
        RawClient client = kit.client().send(UPGRADE + ProxyKit.GET);
        assertEquals("ok", client.response().text());
        assertEquals("ok", client.response().text());
        assertEquals(1, kit.upstream.connections().size());
    }

    @Test
    void refusesASwitchThatNobodyAskedFor() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(SWITCH + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        });
        RawClient client = kit.client();
        Message answer = client.ask("GET / HTTP/1.1\r\n" + ProxyKit.HOST + "Upgrade: websocket\r\n\r\n");
        assertEquals(502, answer.status());
        assertEquals("UPSTREAM_INVALID", answer.field("luma-reason"));
        assertFalse(kit.upstream.onlyRequest().has("upgrade"));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
    }

    @Test
    void wakesTheProject() throws IOException {
        try (ProxyKit cold = ProxyKit.cold()) {
            cold.upstream.next(connection -> {
                connection.request();
                connection.send(SWITCH).send(connection.read(2));
            });
            RawClient client = cold.client().send(UPGRADE + "hi");
            assertEquals(101, client.response().status());
            assertEquals("hi", client.read(2));
        }
    }
}
