package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is open is in use: nothing is put to sleep below a stream, however long it lasts, and only then. */
class LongStreamIT {

    private static final Duration LONGER_THAN_IDLE = Duration.ofSeconds(4);

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void serverSentEventsArriveToTheLast() throws Exception {
        App app = App.named("events").sleepsAfter("1s");
        luma.start();
        luma.register(app);
        assertEquals(
                "data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\n",
                luma.get(app, "/cgi-bin/events?5").body());
        luma.awaitState(app, "stopped");
    }

    @Test
    void aWebSocketStaysOpen() throws Exception {
        App app = App.named("socket").mode("tunnel").sleepsAfter("1s");
        luma.start();
        luma.register(app);
        Messages messages = new Messages();
        WebSocket socket = luma.client()
                .newWebSocketBuilder()
                .header("Host", app.hostname())
                .buildAsync(URI.create("ws://127.0.0.1:" + luma.proxyPort() + "/"), messages)
                .join();
        for (int second = 0; second < 5; second++) {
            assertEquals("tick", messages.received.poll(10, TimeUnit.SECONDS));
        }
        socket.abort();
        luma.awaitState(app, "stopped");
    }

    @Test
    void aSilentTunnelStaysOpen() throws Exception {
        App app = App.named("silent").mode("tunnel").sleepsAfter("1s");
        luma.start();
        luma.register(app);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), luma.proxyPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            out.write(("GET / HTTP/1.1\r\nHost: " + app.hostname() + "\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            String head = readHead(in);
            assertTrue(head.startsWith("HTTP/1.1 101 "), head);
            Awaitility.await()
                    .during(LONGER_THAN_IDLE)
                    .atMost(LONGER_THAN_IDLE.multipliedBy(2))
                    .until(() -> luma.state(app), "running"::equals);
            out.write("still there\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals("still there\n", new String(in.readNBytes(12), StandardCharsets.US_ASCII));
        }
        luma.awaitState(app, "stopped");
    }

    private static String readHead(InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            assertTrue(octet >= 0, () -> "the head ends early: " + head);
            head.append((char) octet);
        }
        return head.toString();
    }

    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            received.add(text.toString());
            return WebSocket.Listener.super.onText(socket, text, last);
        }
    }
}
