package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Lease;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Clients that abort, pipeline and half-close, against an app that closes, cuts and talks too much, while its instance
 * comes and goes. Whoever gets a whole answer gets the own one, and at the end nothing is left anywhere.
 */
class SoakTest {

    private static final Duration TIME = Duration.ofSeconds(4);
    private static final int CLIENTS = 12;

    @Test
    void leavesNothingBehindAndMixesNothingUp() throws Exception {
        try (ProxyKit kit = ProxyKit.with().loops(2).start()) {
            Random moods = new Random(1);
            kit.upstream.serve(connection -> flap(connection, moods));
            AtomicInteger whole = new AtomicInteger();
            long end = System.nanoTime() + TIME.toNanos();
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                clients.add(Background.run(() -> {
                    while (System.nanoTime() < end) {
                        visit(kit, random, whole);
                    }
                }));
            }
            clients.add(Background.run(() -> {
                while (System.nanoTime() < end) {
                    kit.wake();
                    Lease lease = kit.app().tryAcquire();
                    if (lease != null) {
                        lease.releaseUnreachable();
                    }
                }
            }));
            for (CompletableFuture<Void> client : clients) {
                client.get(30, TimeUnit.SECONDS);
            }
            assertTrue(whole.get() > 100, "only " + whole + " whole answers");
        }
    }

    private static void visit(ProxyKit kit, Random random, AtomicInteger whole) throws IOException {
        try (RawClient client = new RawClient(kit.server.port())) {
            for (int exchanges = 1 + random.nextInt(4); exchanges > 0; exchanges--) {
                String token = Long.toHexString(random.nextLong() | 1L << 62);
                String chunked =
                        "POST /" + token + " HTTP/1.1\r\n" + ProxyKit.HOST + "Transfer-Encoding: chunked\r\n\r\n";
                String body = "1000\r\n" + "x".repeat(4096) + "\r\n";
                switch (random.nextInt(8)) {
                    case 0 -> client.send(chunked + body + body + "0\r\n\r\n");
                    case 1 -> {
                        client.send(chunked + body);
                        client.reset();
                        return;
                    }
                    case 2 -> {
                        client.send(chunked + body);
                        client.halfClose();
                        client.rest();
                        return;
                    }
                    case 3 -> {
                        client.send("GET /" + token + " HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
                        client.reset();
                        return;
                    }
                    case 4 ->
                        client.send("GET /" + token + " HTTP/1.1\r\n" + ProxyKit.HOST
                                + "\r\nGET /next HTTP/1.1\r\nHost: nobody\r\n\r\n");
                    default -> client.send("GET /" + token + " HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
                }
                Message answer = client.response();
                while (answer.status() < 200 || answer.status() == 404) {
                    answer = client.response(); // 404 is for the second one of two in the exchange before
                }
                if (answer.status() == 200) {
                    assertEquals("/" + token, answer.text());
                    whole.incrementAndGet();
                } else {
                    assertTrue(answer.status() >= 502 && answer.status() <= 504, answer.startLine());
                }
            }
        } catch (IOException cut) {
            // A truncated answer, or a connection that was not to stay; which is which, other tests say.
            assertTrue(cut instanceof EOFException || cut instanceof SocketException, cut.toString());
        }
    }

    private static void flap(RecordingUpstream.Connection connection, Random moods) throws IOException {
        while (true) {
            Message request = connection.request();
            String answer =
                    "HTTP/1.1 200 OK\r\nContent-Length: " + request.target().length() + "\r\n\r\n" + request.target();
            switch (moods.nextInt(24)) {
                case 0 -> connection.close();
                case 1 -> connection.reset();
                case 2 ->
                    connection.send(answer.substring(0, answer.length() - 3)).close();
                case 3 -> connection.send(answer + answer);
                case 4 -> connection.send("HTTP/1.1 103 Early Hints\r\n\r\n" + answer);
                case 5 -> connection.send("garbage\r\n\r\n");
                case 6 ->
                    connection
                            .send("HTTP/1.1 200 OK\r\n\r\n" + request.target())
                            .close();
                case 7 -> connection.send(answer).close();
                default -> connection.send(answer);
            }
        }
    }
}
