package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A graceful stop. */
class StopTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static CompletableFuture<Void> stop(ProxyKit kit, Duration limit) {
        CompletableFuture<Void> stopped = kit.server.stop(limit).toCompletableFuture();
        kit.clientConnections(); // every loop has heard of it when this is answered
        return stopped.orTimeout(10, TimeUnit.SECONDS);
    }

    @Test
    void closesIdleConnectionsAndTheListener() throws IOException {
        try (ProxyKit kit = ProxyKit.with().loops(2).start()) {
            RawClient fresh = kit.client();
            RawClient used = kit.client();
            assertEquals("ok", used.ask(ProxyKit.GET).text());
            ProxyKit.await(() -> kit.clientConnections() == 2);
            stop(kit, LONG).join();
            assertEquals("", fresh.rest());
            assertEquals("", used.rest());
            assertThrows(ConnectException.class, kit::client);
            assertEquals(0, kit.idleUpstreamConnections());
        }
    }

    @Test
    void letsWhatIsInFlightFinish() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            CountDownLatch door = new CountDownLatch(1);
            kit.upstream.next(connection -> {
                connection.request();
                RecordingUpstream.await(door);
                connection.send(RecordingUpstream.OK);
            });
            RawClient client = kit.client().send(ProxyKit.GET + ProxyKit.GET);
            ProxyKit.await(() -> kit.upstream.requests().size() == 1);
            CompletableFuture<Void> stopped = stop(kit, LONG);
            assertFalse(stopped.isDone());
            door.countDown();
            Message answer = client.response();
            assertEquals("ok", answer.text());
            assertEquals("close", answer.field("connection"));
            assertEquals("", client.rest());
            client.close();
            stopped.join();
            assertEquals(1, kit.upstream.requests().size());
        }
    }

    /** An answer that had begun before the stop has promised nothing of it, and is whole all the same. */
    @Test
    void letsAnAnswerThatHasBegunFinish() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            CountDownLatch door = new CountDownLatch(1);
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
                RecordingUpstream.await(door);
                connection.send("k");
            });
            RawClient client = kit.client().send(ProxyKit.GET);
            client.reader().responseHead();
            CompletableFuture<Void> stopped = stop(kit, LONG);
            door.countDown();
            assertEquals("ok", client.read(2));
            assertEquals("", client.rest());
            stopped.join();
        }
    }

    @Test
    void letsWhatIsParkedFinish() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            RawClient client = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 1);
            CompletableFuture<Void> stopped = stop(kit, LONG);
            kit.runtime.open();
            Message answer = client.response();
            assertEquals("ok", answer.text());
            assertEquals("close", answer.field("connection"));
            stopped.join();
        }
    }

    @Test
    void answersARequestWhoseHeadIsOnItsWay() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            RawClient client = kit.client().send("GET / HTTP/1.1\r\n");
            ProxyKit.await(() -> kit.clientConnections() == 1 && Flow.buffered(kit) > 0);
            CompletableFuture<Void> stopped = stop(kit, LONG);
            Message answer = client.ask(ProxyKit.HOST + "\r\n");
            assertEquals("close", answer.field("connection"));
            stopped.join();
        }
    }

    @Test
    void closesWhatIsNotFinishedInTime() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send(TunnelTest.SWITCH);
                connection.untilEnd();
            });
            RawClient tunnel = kit.client();
            assertEquals(101, tunnel.ask(TunnelTest.UPGRADE).status());
            kit.runtime.hold();
            kit.suspend();
            RawClient parked = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 1);
            stop(kit, Duration.ofMillis(50)).join();
            assertEquals(0, kit.clientConnections());
            assertEquals(0, kit.inFlight());
            assertEquals(0, kit.waiting());
            assertEquals("", tunnel.rest());
            assertEquals("", parked.rest());
            kit.runtime.open();
        }
    }
}
