import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;

/**
 * Sends requests, or WebSocket messages, at a fixed rate, whether or not the answers come, and tells how long each took
 * from the moment at which it was to be sent: a request that had to wait for a free connection has waited, too.
 * Requests become due in ticks of a millisecond, so that this program needs no clock finer than its selector's.
 *
 * <p>Usage: {@code java OpenLoop.java PORT PATH CONNECTIONS RATE SECONDS}; rate 0 sends as fast as answers come, and a path
 * that begins with {@code ws:} opens WebSockets. Prints requests a second, p50, p99, p99.9 (us), how many were not answered,
 * and how many were in all; of the first two seconds, in which this program becomes fast, only the last figure tells.
 */
public final class OpenLoop {

    private static final long SECOND = 1_000_000_000L;
    private static final long TICK = 1_000_000L;
    private static final int MESSAGE = 100;

    private final ByteBuffer input = ByteBuffer.allocateDirect(1 << 18);
    private final byte[] head = new byte[4096];
    private final Deque<Connection> free = new ArrayDeque<>();
    private final boolean webSocket;
    private final double rate;
    private final ByteBuffer request;
    private long[] latencies = new long[1 << 20];
    private int count;
    private long answered;
    private int failed;
    private long from;

    private OpenLoop(String path, double rate) {
        this.webSocket = path.startsWith("ws:");
        this.rate = rate;
        this.request = webSocket ? frame() : octets("GET " + path + " HTTP/1.1\r\nHost: relay.localhost\r\n\r\n");
    }

    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ROOT);
        double rate = Double.parseDouble(arguments[3]);
        new OpenLoop(arguments[1], rate)
                .run(
                        Integer.parseInt(arguments[0]),
                        arguments[1],
                        Integer.parseInt(arguments[2]),
                        Double.parseDouble(arguments[4]));
    }

    private void run(int port, String path, int connections, double seconds) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                free.add(new Connection(selector, new InetSocketAddress("127.0.0.1", port), path));
            }
            long start = System.nanoTime();
            from = start + 2 * SECOND;
            long end = from + (long) (seconds * SECOND);
            // What is still unanswered at the end is waited for, so that the slowest are not the ones that are left out.
            long given = end + 5 * SECOND;
            double due = 0;
            long tick = start;
            Deque<Long> late = new ArrayDeque<>();
            for (long now = start; now < end || (rate > 0 && free.size() < connections && now < given); now = System.nanoTime()) {
                if (rate == 0) {
                    for (Connection c = free.poll(); c != null; c = free.poll()) {
                        c.send(now);
                    }
                }
                for (; rate > 0 && tick <= now && tick < end; tick += TICK) {
                    for (due += rate * TICK / SECOND; due >= 1; due--) {
                        late.add(tick);
                    }
                }
                while (now >= from && !late.isEmpty() && late.peek() < from) {
                    late.poll();
                }
                while (!late.isEmpty() && !free.isEmpty()) {
                    free.poll().send(late.poll());
                }
                selector.select(key -> ((Connection) key.attachment()).read(), 1);
            }
            failed += late.size() + (rate > 0 ? connections - free.size() : 0);
        }
        long[] sorted = Arrays.copyOf(latencies, count);
        Arrays.sort(sorted);
        System.out.printf("%.0f %s %s %s %d %d%n", count / seconds, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999), failed, answered);
    }

    private static String at(long[] sorted, double share) {
        int index = Math.max(0, (int) Math.ceil(sorted.length * share) - 1);
        return sorted.length == 0 ? "0" : "%.0f".formatted(sorted[index] / 1000.0);
    }

    private static ByteBuffer octets(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** A masked binary frame, with the mask 0. */
    private static ByteBuffer frame() {
        return ByteBuffer.allocateDirect(MESSAGE + 6).put((byte) 0x82).put((byte) (0x80 | MESSAGE)).position(0).limit(MESSAGE + 6);
    }

    private final class Connection {

        private final SocketChannel channel;
        private long dueAt;
        private long left;

        Connection(Selector selector, InetSocketAddress address, String path) throws IOException {
            channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (webSocket) {
                channel.write(octets("GET " + path.substring(3) + " HTTP/1.1\r\nHost: relay.localhost\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
                ByteBuffer answer = ByteBuffer.allocate(1024);
                while (!new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    if (channel.read(answer) < 0) {
                        throw new IOException("no WebSocket");
                    }
                }
                if (answer.get(9) != '1') {
                    throw new IOException(new String(answer.array(), StandardCharsets.ISO_8859_1));
                }
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(long at) throws IOException {
            dueAt = at;
            left = -1;
            channel.write(request.rewind());
            if (request.hasRemaining()) {
                throw new IOException("a request did not fit in the socket's buffer");
            }
        }

        void read() {
            try {
                int octets = channel.read(input.clear());
                if (octets < 0) {
                    throw new IOException("closed");
                }
                left = left == -1 ? length() - octets : left - octets;
                if (left <= 0) {
                    answered();
                }
            } catch (IOException e) {
                System.err.println(e);
                System.exit(1);
            }
        }

        private void answered() {
            long now = System.nanoTime();
            answered++;
            if (dueAt >= from) {
                if (count == latencies.length) {
                    latencies = Arrays.copyOf(latencies, count * 2);
                }
                latencies[count++] = now - dueAt;
            }
            free.add(this);
        }

        /** Length of the answer that begins in the input, its head included. */
        private long length() throws IOException {
            if (webSocket) {
                return MESSAGE + 2;
            }
            int size = Math.min(input.position(), head.length);
            input.get(0, head, 0, size);
            String text = new String(head, 0, size, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            String lower = text.substring(0, Math.max(0, end)).toLowerCase(Locale.ROOT) + "\r\n";
            int field = lower.indexOf("\r\ncontent-length:");
            if (end < 0 || field < 0 || !text.startsWith("HTTP/1.1 200")) {
                throw new IOException("not an answer that can be counted: " + text);
            }
            return end + 4 + Long.parseLong(lower.substring(field + 17, lower.indexOf("\r\n", field + 2)).strip());
        }
    }
}
