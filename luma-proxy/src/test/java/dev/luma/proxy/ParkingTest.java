package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.Endpoint;
import dev.luma.core.Limits;
import dev.luma.core.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait for their project to wake. */
class ParkingTest {

    private static void assertRefused(int status, String reason, Message answer) {
        assertEquals(status, answer.status());
        assertEquals(reason, answer.field("luma-reason"));
        assertEquals("application/problem+json", answer.field("content-type"));
    }

    @ParameterizedTest
    @EnumSource(Endpoint.Reach.class)
    void wakeItAndSayHowLongThatTook(Endpoint.Reach reach) throws IOException {
        try (ProxyKit kit = ProxyKit.with().cold().reach(reach).start()) {
            RawClient client = kit.client();
            Message cold = client.ask(ProxyKit.GET);
            assertEquals("ok", cold.text());
            assertTrue(
                    cold.field("server-timing")
                            .matches(("luma-wake;D;desc=plain, luma-image;D, luma-line;D, luma-create;D, luma-start;D,"
                                            + " luma-ready;D")
                                    .replace("D", "dur=[0-9]+\\.[0-9]")),
                    cold.field("server-timing"));
            assertFalse(client.ask(ProxyKit.GET).has("server-timing"));
            assertEquals(1, kit.runtime.starts());
        }
    }

    @Test
    void areAllAnsweredByOneInstance() throws IOException {
        try (ProxyKit kit = ProxyKit.with().cold().loops(2).start()) {
            kit.upstream.answer(request ->
                    "HTTP/1.1 200 OK\r\nContent-Length: " + request.body().length + "\r\n\r\n" + request.text());
            kit.runtime.hold();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 100; i < 200; i++) {
                clients.add(kit.client().send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 3\r\n\r\n" + i));
            }
            ProxyKit.await(() -> kit.waiting() == 100);
            kit.runtime.open();
            for (int i = 100; i < 200; i++) {
                assertEquals(String.valueOf(i), clients.get(i - 100).response().text());
            }
            assertEquals(1, kit.runtime.starts());
        }
    }

    /** The second of two parked requests gets the connection that the first one has just left. */
    @Test
    void getTheirBodiesThroughOnAnIdleConnection() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            RawClient client = kit.client();
            assertEquals("ok", client.ask(ProxyKit.GET).text());
            kit.runtime.hold();
            kit.suspend();
            client.send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 4\r\n\r\nbody");
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.runtime.open();
            assertEquals("ok", client.response().text());
            assertEquals("body", kit.upstream.requests().get(1).text());
        }
    }

    @Test
    void keepPipelinedRequestsBehindThem() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            RawClient client = kit.client().send(ProxyKit.GET + ProxyKit.GET + ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.runtime.open();
            for (int i = 0; i < 3; i++) {
                assertEquals("ok", client.response().text());
            }
            assertEquals(1, kit.upstream.connections().size());
        }
    }

    /** With a reset, and in the ordinary way, which looks like a half-close at first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leaveTheLineWithTheirClient(boolean reset) throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            RawClient leaving = kit.client().send(ProxyKit.GET);
            RawClient staying = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 2);
            if (reset) {
                leaving.reset();
            } else {
                leaving.close();
            }
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.runtime.open();
            assertEquals("ok", staying.response().text());
            assertEquals(1, kit.upstream.requests().size());
        }
    }

    @Test
    void areRefusedWhenTheLineIsFull() throws IOException {
        try (ProxyKit kit = ProxyKit.with().cold().line(2).start()) {
            kit.runtime.hold();
            RawClient one = kit.client().send(ProxyKit.GET);
            RawClient two = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 2);
            RawClient three = kit.client();
            Message refused = three.ask(ProxyKit.GET);
            assertRefused(503, "LINE_FULL", refused);
            assertEquals("1", refused.field("retry-after"));
            kit.runtime.open();
            assertEquals("ok", one.response().text());
            assertEquals("ok", two.response().text());
            assertEquals("ok", three.ask(ProxyKit.GET).text());
        }
    }

    @Test
    void areRefusedWhenTheWaitIsOver() throws IOException {
        try (ProxyKit kit =
                ProxyKit.with().cold().waitTimeout(Duration.ofMillis(50)).start()) {
            kit.runtime.hold();
            RawClient client = kit.client();
            Message refused = client.ask(ProxyKit.GET);
            assertRefused(504, "START_TIMEOUT", refused);
            assertTrue(refused.has("retry-after"));
            kit.runtime.open();
            ProxyKit.await(() -> client.ask(ProxyKit.GET).status() == 200);
        }
    }

    @Test
    void areRefusedWhenTheStartFails() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.failWith(
                    new StartFailure(Refusal.Reason.START_FAILED, "the image is broken", List.of("secret")));
            Message refused = kit.client().ask(ProxyKit.GET);
            assertRefused(503, "START_FAILED", refused);
            assertEquals("1", refused.field("retry-after"));
            assertTrue(refused.text().contains("the image is broken"));
            assertFalse(refused.text().contains("secret"));
        }
    }

    @Test
    void areRefusedWhenTheRuntimeIsDown() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.failWith(new StartFailure(Refusal.Reason.RUNTIME_DOWN, "no engine", List.of()));
            Message refused = kit.client().ask(ProxyKit.GET);
            assertRefused(503, "RUNTIME_DOWN", refused);
            assertEquals("1", refused.field("retry-after"));
        }
    }

    @Test
    void areRefusedWhenLumaStops() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            RawClient parked = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.projects.close(Limits.DEFAULTS.drainTimeout());
            assertRefused(503, "SHUTTING_DOWN", parked.response());
            assertRefused(503, "SHUTTING_DOWN", kit.client().ask(ProxyKit.GET));
            kit.runtime.open();
        }
    }

    /** A refused request whose body is here already leaves the connection where it was. */
    @Test
    void areRefusedWithTheirBody() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.failWith(new StartFailure(Refusal.Reason.START_FAILED, "no", List.of()));
            RawClient client = kit.client()
                    .send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 40\r\n\r\n" + "GET / HTTP/1.1\r\n");
            Message refused = client.response();
            assertRefused(503, "START_FAILED", refused);
            assertEquals("close", refused.field("connection"));
            assertEquals("", client.rest());
        }
    }

    /** The instance has died unnoticed: nothing was sent, so the request waits again and goes to the next instance. */
    @Test
    void goToTheNextInstanceWhenTheirsTakesNoConnection() throws IOException {
        try (ProxyKit kit = ProxyKit.with().start();
                RecordingUpstream next = new RecordingUpstream()) {
            next.answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
            kit.runtime.leadTo(next.endpoint(Endpoint.Reach.DIRECT));
            kit.upstream.close();
            kit.runtime.die();
            RawClient client =
                    kit.client().send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 4\r\n\r\nbody");
            Message answer = client.response();
            assertEquals("next", answer.text());
            assertTrue(answer.has("server-timing"));
            assertEquals("body", next.onlyRequest().text());
            assertEquals(2, kit.runtime.starts());
        }
    }

    /** Many at once, with idle connections to the dead instance among them. */
    @Test
    void loseNoneWhenAnInstanceDies() throws IOException {
        try (ProxyKit kit = ProxyKit.with().loops(2).start();
                RecordingUpstream next = new RecordingUpstream()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(kit.client().send(ProxyKit.GET));
            }
            for (RawClient client : clients) {
                assertEquals("ok", client.response().text());
            }
            kit.runtime.leadTo(next.endpoint(Endpoint.Reach.DIRECT));
            kit.upstream.close();
            kit.runtime.die();
            for (RawClient client : clients) {
                client.send(ProxyKit.GET);
            }
            for (RawClient client : clients) {
                assertEquals("ok", client.response().text());
            }
            assertEquals(20, next.requests().size());
            assertEquals(2, kit.runtime.starts());
        }
    }
}
