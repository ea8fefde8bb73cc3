package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every hostile answer through a whole Luma, cut in many ways, with two clients: the one that asked gets what it
 * should and no more, and the other one never gets anything of it.
 */
class HostileResponsesTest {

    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
        kit.upstream.answer(GOOD);
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    static List<Hostile> inputs() {
        return Hostile.all("responses");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void reachNobodyElse(Hostile input) throws IOException {
        for (List<byte[]> pieces : Splits.someCuts(input.octets())) {
            try {
                replay(input, pieces);
            } catch (IOException | AssertionError failed) {
                throw new AssertionError(
                        "in " + pieces.size() + " pieces, the first of " + pieces.get(0).length, failed);
            }
        }
    }

    private void replay(Hostile input, List<byte[]> pieces) throws IOException {
        String method = input.one(Hostile.Key.METHOD, "GET");
        CountDownLatch said = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            try {
                for (byte[] piece : pieces) {
                    connection.send(piece);
                    kit.settle();
                }
            } finally {
                said.countDown();
            }
            afterwards(input.one(Hostile.Key.CONNECTION, "ended"), connection);
        });
        try (RawClient first = new RawClient(kit.server.port());
                RawClient second = new RawClient(kit.server.port())) {
            first.send(method + " / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
            if (input.one(Hostile.Key.ARRIVES, "whole").equals("cut")) {
                IOException cut = assertThrows(IOException.class, first::response);
                assertFalse(cut instanceof SocketTimeoutException, "it only stands still");
            } else {
                boolean stays = true;
                for (int status : input.statuses()) {
                    // Luma's own answer to HEAD has no body either.
                    Message answer = method.equals("HEAD") ? first.responseToHead() : first.response();
                    assertEquals(status, answer.status());
                    stays = !answer.has("connection");
                }
                RecordingUpstream.await(said);
                assertEquals("ok", second.ask(ProxyKit.GET).text());
                assertEquals(stays ? "ok" : "", stays ? first.ask(ProxyKit.GET).text() : first.rest());
            }
            assertEquals("ok", second.ask(ProxyKit.GET).text());
        }
        assertEquals(List.of(), kit.upstream.failures());
    }

    private static void afterwards(String fate, RecordingUpstream.Connection connection) throws IOException {
        switch (fate) {
            case "closed" -> {}
            case "ended" -> assertEquals("", connection.untilEnd().replace("<reset>", ""));
            case "used again" -> {
                connection.request();
                connection.send(GOOD);
            }
            default -> throw new IllegalArgumentException(fate);
        }
    }
}
