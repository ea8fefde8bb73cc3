package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 50 MiB through a connection whose reader is slow: Luma holds back the writer, and loses nothing. */
class LargeBodiesTest {

    private static final int SIZE = 50 << 20;
    private static final byte[] PIECE = piece();
    /** Watermarks and read buffers of two connections, with room. */
    private static final int BOUND = 2 << 20;

    private static byte[] piece() {
        byte[] octets = new byte[1 << 16];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) (i * 31 + (i >> 8));
        }
        return octets;
    }

    private static long checksum() {
        CRC32 sum = new CRC32();
        for (int i = 0; i < SIZE / PIECE.length; i++) {
            sum.update(PIECE);
        }
        return sum.getValue();
    }

    private interface Sink {
        void take(byte[] octets) throws IOException;
    }

    private static void writeAll(Sink sink, boolean chunked, Flow flow) throws IOException {
        byte[] piece = PIECE;
        if (chunked) {
            byte[] start = Octets.of(Integer.toHexString(PIECE.length) + "\r\n");
            piece = Arrays.copyOf(start, start.length + PIECE.length + 2);
            System.arraycopy(PIECE, 0, piece, start.length, PIECE.length);
            piece[piece.length - 2] = '\r';
            piece[piece.length - 1] = '\n';
        }
        for (int sent = 0; sent < SIZE; sent += PIECE.length) {
            sink.take(piece);
            flow.moved(PIECE.length);
        }
        if (chunked) {
            sink.take(Octets.of("0\r\n\r\n"));
        }
    }

    private static long read(InputStream in, ProxyKit kit) throws IOException {
        CRC32 sum = new CRC32();
        byte[] into = new byte[PIECE.length];
        for (int left = SIZE; left > 0; left -= into.length) {
            assertEquals(into.length, in.readNBytes(into, 0, into.length));
            sum.update(into);
            if (left % (4 << 20) == 0) {
                Flow.assertBufferedAtMost(kit, BOUND);
            }
        }
        return sum.getValue();
    }

    private static String framing(boolean chunked) {
        return chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + SIZE + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void download(boolean chunked) throws IOException {
        Flow flow = new Flow();
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\n" + framing(chunked) + "\r\n");
                writeAll(connection::send, chunked, flow);
                connection.request();
                connection.send(RecordingUpstream.OK);
            });
            RawClient client = kit.client().send(ProxyKit.GET);
            flow.awaitStandstill();
            Flow.assertBufferedAtMost(kit, BOUND);
            if (chunked) {
                assertEquals(SIZE, client.response().body().length);
            } else {
                client.reader().responseHead();
                assertEquals(checksum(), read(client.in(), kit));
            }
            assertEquals("ok", client.ask(ProxyKit.GET).text());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upload(boolean chunked) throws Exception {
        Flow flow = new Flow();
        CountDownLatch door = new CountDownLatch(1);
        CompletableFuture<Long> seen = new CompletableFuture<>();
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                if (chunked) {
                    RecordingUpstream.await(door);
                    seen.complete((long) connection.request().body().length);
                } else {
                    connection.requestHead();
                    RecordingUpstream.await(door);
                    seen.complete(read(connection.in(), kit));
                }
                connection.send(RecordingUpstream.OK);
            });
            RawClient client = kit.client();
            CompletableFuture<Void> sent = Background.run(() -> {
                client.send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + framing(chunked) + "\r\n");
                writeAll(client::send, chunked, flow);
            });
            flow.awaitStandstill();
            Flow.assertBufferedAtMost(kit, BOUND);
            door.countDown();
            assertEquals("ok", client.response().text());
            assertEquals(chunked ? SIZE : checksum(), seen.get());
            sent.get();
        }
    }

    /** Both ways at once, so that each side's pauses meet the other's. */
    @Test
    void echo() throws Exception {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send("HTTP/1.1 200 OK\r\n" + framing(false) + "\r\n");
                byte[] into = new byte[PIECE.length];
                for (int left = SIZE; left > 0; left -= into.length) {
                    connection.in().readNBytes(into, 0, into.length);
                    connection.send(into);
                }
            });
            RawClient client = kit.client();
            CompletableFuture<Void> sent = Background.run(() -> {
                client.send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + framing(false) + "\r\n");
                writeAll(client::send, false, new Flow());
            });
            client.reader().responseHead();
            assertEquals(checksum(), read(client.in(), kit));
            sent.get();
        }
    }

    /** While the project sleeps, a client may send only so much (and sees that it has to wait). */
    @Test
    void uploadThroughAColdStart() throws Exception {
        Flow flow = new Flow();
        CompletableFuture<Long> seen = new CompletableFuture<>();
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            kit.upstream.next(connection -> {
                connection.requestHead();
                seen.complete(read(connection.in(), kit));
                connection.send(RecordingUpstream.OK);
            });
            RawClient client = kit.client();
            CompletableFuture<Void> sent = Background.run(() -> {
                client.send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + framing(false) + "\r\n");
                writeAll(client::send, false, flow);
            });
            flow.awaitStandstill();
            Flow.assertBufferedAtMost(kit, 512 << 10);
            assertEquals(1, kit.waiting());
            kit.runtime.open();
            assertEquals("ok", client.response().text());
            assertEquals(checksum(), seen.get());
            sent.get();
        }
    }
}
