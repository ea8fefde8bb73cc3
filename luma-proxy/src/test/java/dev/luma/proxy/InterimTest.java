package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Expectations and interim answers (RFC 9110 sections 10.1.1 and 15.2). */
@Rfc({"9110 10.1.1", "9110 15.2"})
class InterimTest {

    private static final String EXPECTING =
            "POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private static void serveExpecting(RecordingUpstream.Connection connection) throws IOException {
        Message head = connection.requestHead();
        assertEquals("100-continue", head.field("expect"));
        connection.send(CONTINUE);
        String body = connection.read(4);
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body);
    }

    @Test
    void passesExpectationsAndTheirAnswers() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                serveExpecting(connection);
                serveExpecting(connection);
            });
            RawClient client = kit.client();
            for (int i = 0; i < 2; i++) {
                assertEquals(100, client.ask(EXPECTING).status());
                assertEquals("body", client.ask("body").text());
            }
        }
    }

    @Test
    void passesAnExpectationThroughAColdStart() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            kit.upstream.next(InterimTest::serveExpecting);
            RawClient client = kit.client().send(EXPECTING);
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.runtime.open();
            assertEquals(100, client.response().status());
            assertEquals("body", client.ask("body").text());
        }
    }

    /** RFC 9110 section 10.1.1: a final answer instead; whether a body follows is not known, so the connection ends. */
    @Rfc("9110 10.1.1")
    @Test
    void passesAFinalAnswerInsteadOfContinue() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
                assertEquals("", connection.untilEnd());
            });
            RawClient client = kit.client();
            Message answer = client.ask(EXPECTING);
            assertEquals(417, answer.status());
            assertEquals("close", answer.field("connection"));
            assertEquals("", client.rest());
        }
    }

    @Test
    void passesEveryInterimAnswer() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            String interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\nX: y\r\n\r\n";
            kit.upstream.answer(CONTINUE + interim + interim + RecordingUpstream.OK);
            RawClient client = kit.client();
            for (int i = 0; i < 2; i++) {
                assertEquals(100, client.ask(ProxyKit.GET).status());
                Message hints = client.response();
                assertEquals(103, hints.status());
                assertEquals("</a>", hints.field("link"));
                assertFalse(hints.has("x"));
                assertEquals(103, client.response().status());
                assertEquals("ok", client.response().text());
            }
            assertEquals(1, kit.upstream.connections().size());
        }
    }

    @Test
    void passesInterimAnswersToHead() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            RawClient client = kit.client();
            for (int i = 0; i < 2; i++) {
                client.send("HEAD / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
                assertEquals(103, client.responseToHead().status());
                assertEquals("5", client.responseToHead().field("content-length"));
            }
            assertEquals(1, kit.upstream.connections().size());
        }
    }

    /** RFC 9110 section 15.2: HTTP/1.0 knows none. */
    @Rfc("9110 15.2")
    @Test
    void keepsInterimAnswersFromHttp10() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer(CONTINUE + RecordingUpstream.OK);
            assertEquals(
                    "ok",
                    kit.client()
                            .ask("GET / HTTP/1.0\r\n" + ProxyKit.HOST + "\r\n")
                            .text());
        }
    }

    /** Interim answers without end fill nothing but the client's own buffers. */
    @Test
    void waitsForAClientThatReadsNoInterimAnswers() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            byte[] flood = Octets.of(("HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(8_000) + "\r\n\r\n").repeat(8));
            Flow flow = new Flow();
            kit.upstream.next(connection -> {
                connection.request();
                while (true) {
                    connection.send(flood);
                    flow.moved(flood.length);
                }
            });
            RawClient client = kit.client(16 * 1024).send(ProxyKit.GET);
            flow.awaitStandstill();
            Flow.assertBufferedAtMost(kit, 2 << 20);
            client.reset();
        }
    }
}
