import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The clients of soak.sh: polite, pipelining, slow, trickling, aborting, uploading and upgrading ones. Each request ends in
 * one of: answered, refused with a Luma-Reason, cut off in the middle of its answer, left by the client, or unexplained.
 * Usage: java SoakClients.java PORT SECONDS; ends with code 1 if anything is unexplained.
 */
public final class SoakClients {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final String STEADY = "steady.localhost";
    private static final String FLAPPING = "flapping.localhost";
    private static final String NAPPING = "napping.localhost";
    private static final String TUNNEL = "tunnel.localhost";

    private static final ConcurrentMap<String, LongAdder> ENDS = new ConcurrentHashMap<>();
    private static final ConcurrentMap<String, LongAdder> UNEXPLAINED = new ConcurrentHashMap<>();

    private static int port;
    private static long end;

    private SoakClients() {}

    private interface Visit {
        void make(Random random) throws Exception;
    }

    public static void main(String[] arguments) throws InterruptedException {
        port = Integer.parseInt(arguments[0]);
        end = System.nanoTime() + Long.parseLong(arguments[1]) * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        clients(threads, "keep-alive", 4, random -> keepAlive(STEADY, 20, random));
        clients(threads, "pipelining", 3, SoakClients::pipeline);
        clients(threads, "slow reader", 8, SoakClients::readSlowly);
        clients(threads, "trickling", 12, SoakClients::trickle);
        clients(threads, "uploading", 3, SoakClients::upload);
        clients(threads, "aborting", 4, SoakClients::abort);
        clients(threads, "upgrading", 4, SoakClients::upgrade);
        clients(threads, "at a flapping app", 6, random -> keepAlive(FLAPPING, 5, random));
        clients(threads, "at a napping app", 2, SoakClients::visitNapping);
        for (Thread thread : threads) {
            thread.join();
        }
        long all = 0;
        for (Map.Entry<String, LongAdder> each : new TreeMap<>(ENDS).entrySet()) {
            System.out.printf("  %-60s %10d%n", each.getKey(), each.getValue().sum());
            all += each.getValue().sum();
        }
        long unexplained = UNEXPLAINED.values().stream().mapToLong(LongAdder::sum).sum();
        System.out.printf("  %-60s %10d%n", "requests in all", all + unexplained);
        System.out.printf("  %-60s %10d%n", "unexplained", unexplained);
        new TreeMap<>(UNEXPLAINED).forEach((what, times) -> System.out.printf("    %s: %d%n", what, times.sum()));
        System.exit(unexplained == 0 ? 0 : 1);
    }

    private static void clients(List<Thread> threads, String kind, int count, Visit visit) {
        for (int i = 0; i < count; i++) {
            Random random = new Random(kind.hashCode() + i);
            Thread thread = new Thread(() -> {
                while (System.nanoTime() < end) {
                    try {
                        visit.make(random);
                    } catch (Cut cut) {
                        count(ENDS, kind + ": cut off in the middle of the answer");
                    } catch (Exception | AssertionError failed) {
                        count(UNEXPLAINED, kind + ": " + failed);
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
    }

    private static void count(ConcurrentMap<String, LongAdder> where, String what) {
        where.computeIfAbsent(what, first -> new LongAdder()).increment();
    }

    private static void ended(String kind, Answer answer) {
        count(
                ENDS,
                kind + ": "
                        + (answer.reason == null ? "answered " + answer.status : answer.status + " " + answer.reason));
    }

    // The visits.

    private static void keepAlive(String host, int most, Random random) throws Exception {
        String kind = host.equals(FLAPPING) ? "at a flapping app" : "keep-alive";
        try (Connection connection = new Connection()) {
            for (int i = 0; i < most; i++) {
                boolean small = random.nextBoolean();
                connection.send("GET /" + (small ? "100" : "16k") + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                Answer answer = connection.answer();
                ended(kind, answer);
                if (host.equals(STEADY)) {
                    answer.mustHave(small ? 100 : 16_384);
                }
                Thread.sleep(random.nextInt(answer.reason == null ? 20 : 500));
                if (answer.close) {
                    return;
                }
            }
        }
    }

    private static void pipeline(Random random) throws Exception {
        try (Connection connection = new Connection()) {
            StringBuilder all = new StringBuilder();
            boolean[] small = new boolean[8];
            for (int i = 0; i < small.length; i++) {
                small[i] = random.nextBoolean();
                all.append("GET /").append(small[i] ? "100" : "1k").append(" HTTP/1.1\r\nHost: " + STEADY + "\r\n\r\n");
            }
            connection.send(all.toString());
            for (boolean each : small) {
                Answer answer = connection.answer();
                ended("pipelining", answer);
                answer.mustHave(each ? 100 : 1_024);
                if (answer.close) {
                    return; // those behind it were not taken, which Connection: close says
                }
            }
            Thread.sleep(random.nextInt(50));
        }
    }

    private static void readSlowly(Random random) throws Exception {
        try (Connection connection = new Connection(8_192)) {
            connection.send("GET /1m HTTP/1.1\r\nHost: " + STEADY + "\r\nConnection: close\r\n\r\n");
            connection.pause = 10 + random.nextInt(20);
            Answer answer = connection.answer();
            ended("slow reader", answer);
            answer.mustHave(1 << 20);
        }
    }

    private static void trickle(Random random) throws Exception {
        try (Connection connection = new Connection()) {
            boolean body = random.nextBoolean();
            String request = body
                    ? "POST /100 HTTP/1.1\r\nHost: " + STEADY + "\r\nContent-Length: 40\r\n\r\n" + "x".repeat(40)
                    : "GET /100 HTTP/1.1\r\nHost: " + STEADY + "\r\n\r\n";
            for (int i = 0; i < request.length() && !connection.answerIsComing(); i++) {
                connection.send(request.substring(i, i + 1));
                Thread.sleep(20 + random.nextInt(40));
            }
            ended("trickling", connection.answer());
        }
    }

    private static void upload(Random random) throws Exception {
        try (Connection connection = new Connection()) {
            connection.send("POST /100 HTTP/1.1\r\nHost: " + STEADY + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "2000\r\n" + "u".repeat(8_192) + "\r\n";
            try {
                for (int i = random.nextInt(64); i >= 0 && !connection.answerIsComing(); i--) {
                    connection.send(chunk);
                }
                connection.send("0\r\n\r\n");
            } catch (IOException answeredEarly) {
                // the answer tells
            }
            ended("uploading", connection.answer());
        }
    }

    private static void abort(Random random) throws Exception {
        String host = random.nextInt(4) == 0 ? FLAPPING : STEADY;
        try (Connection connection = new Connection()) {
            switch (random.nextInt(4)) {
                case 0 -> connection.send("GET /1m HTT");
                case 1 -> {
                    connection.send("GET /1m HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                    connection.in.readNBytes(1 + random.nextInt(100_000));
                }
                case 2 -> connection.send("GET /1m HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
                default -> connection.send("POST /100 HTTP/1.1\r\nHost: " + host
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + "a".repeat(random.nextInt(8_000)));
            }
            Thread.sleep(random.nextInt(30));
            if (random.nextBoolean()) {
                connection.socket.setSoLinger(true, 0); // leaves with a reset
            }
        } catch (IOException cut) {
            // whoever leaves anyway does not mind
        }
        count(ENDS, "aborting: left by the client");
    }

    private static void upgrade(Random random) throws Exception {
        boolean webSocket = random.nextBoolean();
        try (Connection connection = new Connection()) {
            connection.send("GET / HTTP/1.1\r\nHost: " + TUNNEL + "\r\nConnection: upgrade\r\nUpgrade: "
                    + (webSocket
                            ? "websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                            : "echo\r\n\r\n"));
            Answer answer = connection.answer();
            if (answer.status == 101) {
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    String expected = webSocket ? "\u0081\u0004tick" : "echo " + random.nextInt();
                    if (!webSocket) {
                        connection.send(expected);
                    }
                    byte[] came = connection.in.readNBytes(expected.length());
                    if (came.length < expected.length()) {
                        throw new Cut();
                    }
                    String text = new String(came, StandardCharsets.ISO_8859_1);
                    if (!text.equals(expected)) {
                        throw new AssertionError("the tunnel said " + text + " rather than " + expected);
                    }
                    Thread.sleep(random.nextInt(200));
                }
            }
            ended("upgrading", answer);
        }
    }

    private static void visitNapping(Random random) throws Exception {
        try (Connection connection = new Connection()) {
            connection.send("GET /1k HTTP/1.1\r\nHost: " + NAPPING + "\r\nConnection: close\r\n\r\n");
            Answer answer = connection.answer();
            ended("at a napping app", answer);
            answer.mustHave(1_024);
        }
        Thread.sleep(2_000 + random.nextInt(4_000));
    }

    // The wire.

    /** The connection ended in the middle of an answer, as it does when an app dies. */
    private static final class Cut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private record Answer(int status, String reason, boolean close, long length) {
        void mustHave(long expected) {
            if (status == 200 && length != expected) {
                throw new AssertionError("an answer of " + length + " octets rather than " + expected);
            }
            if (status != 200 && reason == null) {
                throw new AssertionError("a " + status + " that nobody explains");
            }
        }
    }

    private static final class Connection implements AutoCloseable {
        private final Socket socket = new Socket();
        private final InputStream in;
        private final OutputStream out;
        private int pause;

        Connection() throws IOException {
            this(0);
        }

        Connection(int receiveBuffer) throws IOException {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 4_096);
            out = socket.getOutputStream();
        }

        void send(String octets) throws IOException {
            out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
        }

        boolean answerIsComing() throws IOException {
            return in.available() > 0;
        }

        /** The next final answer, read to its end. */
        Answer answer() throws IOException, InterruptedException {
            String line = line(true);
            int status = Integer.parseInt(line.substring(9, 12));
            String reason = null;
            long length = -1;
            boolean chunked = false;
            boolean close = false;
            for (String field = line(false); !field.isEmpty(); field = line(false)) {
                String[] parts = field.split(": *", 2);
                switch (parts[0].toLowerCase(java.util.Locale.ROOT)) {
                    case "content-length" -> length = Long.parseLong(parts[1]);
                    case "transfer-encoding" -> chunked = true;
                    case "luma-reason" -> reason = parts[1];
                    case "connection" -> close = parts[1].equalsIgnoreCase("close");
                    default -> {}
                }
            }
            if (status >= 100 && status < 200 && status != 101) {
                return answer();
            }
            if (status == 101 || status == 204 || status == 304) {
                return new Answer(status, reason, close, 0);
            }
            if (chunked) {
                length = 0;
                for (long chunk = Long.parseLong(line(false), 16); chunk > 0; chunk = Long.parseLong(line(false), 16)) {
                    read(chunk);
                    length += chunk;
                    line(false);
                }
                line(false);
            } else if (length >= 0) {
                read(length);
            } else {
                length = 0;
                while (orCut(in::read) >= 0) {
                    length++;
                }
            }
            return new Answer(status, reason, close, length);
        }

        private void read(long length) throws IOException, InterruptedException {
            byte[] some = new byte[8_192];
            for (long left = length; left > 0; ) {
                int most = (int) Math.min(some.length, left);
                int count = orCut(() -> in.read(some, 0, most));
                if (count < 0) {
                    throw new Cut();
                }
                left -= count;
                if (pause > 0) {
                    Thread.sleep(pause);
                }
            }
        }

        /** @param first whether nothing of the answer has come yet, so that an end here needs an explanation */
        private String line(boolean first) throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                int octet;
                if (first && line.length() == 0) {
                    octet = orCut(in::read); // a reset overtakes what was sent before it
                    if (octet < 0) {
                        throw new EOFException("the connection ended without an answer");
                    }
                } else {
                    octet = orCut(in::read);
                    if (octet < 0) {
                        throw new Cut();
                    }
                }
                if (octet == '\n') {
                    return line.toString().strip();
                }
                line.append((char) octet);
            }
        }

        private interface Read {
            int from() throws IOException;
        }

        private static int orCut(Read read) throws IOException {
            try {
                return read.from();
            } catch (SocketTimeoutException late) {
                throw late;
            } catch (IOException reset) {
                throw new Cut();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
