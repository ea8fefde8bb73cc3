package dev.luma.proxy;

import dev.luma.core.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An app that keeps every octet that it was sent, reads requests strictly, and answers as a test wants. Connections on
 * which nothing was sent (readiness checks) are not counted.
 */
final class RecordingUpstream implements AutoCloseable {

    /** What to do with one connection. */
    interface Script {
        void run(Connection connection) throws IOException;
    }

    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final List<Message> requests = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile Script usual = Connection::serveForever;
    private volatile Function<Message, String> answers = request -> OK;

    RecordingUpstream() throws IOException {
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        acceptor = thread("upstream-accept", this::accept);
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                thread("upstream-connection", () -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        open.incrementAndGet();
        try (socket) {
            PushbackInputStream in = new PushbackInputStream(socket.getInputStream());
            int first = in.read();
            if (first < 0) {
                return;
            }
            in.unread(first);
            Connection connection = new Connection(socket, in);
            connections.add(connection);
            Script script = scripts.poll();
            (script == null ? usual : script).run(connection);
        } catch (EOFException | SocketException left) {
            // Luma closed its side, which is how most connections end.
        } catch (IOException | RuntimeException | AssertionError broken) {
            failures.add(broken);
        } finally {
            open.decrementAndGet();
        }
    }

    /** Answers every request of every connection without a script. */
    void answer(Function<Message, String> with) {
        answers = with;
    }

    void answer(String with) {
        answers = request -> with;
    }

    /** Runs the script on every connection that has no other one. */
    void serve(Script script) {
        usual = script;
    }

    /** Runs the script on the next connection on which something is sent. */
    RecordingUpstream next(Script script) {
        scripts.add(script);
        return this;
    }

    /** For scripts: goes on when the test has come so far. */
    static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the test did not come so far in time");
            }
        } catch (InterruptedException interrupted) {
            throw new InterruptedIOException();
        }
    }

    Endpoint endpoint(Endpoint.Reach reach) {
        return new Endpoint("127.0.0.1", listener.getLocalPort(), reach);
    }

    /** Every request so far, over all connections. */
    List<Message> requests() {
        return requests;
    }

    Message onlyRequest() {
        if (requests.size() != 1) {
            throw new AssertionError(requests.size() + " requests came");
        }
        return requests.get(0);
    }

    List<Connection> connections() {
        return connections;
    }

    int open() {
        return open.get();
    }

    /** What went wrong in scripts, a request that was not strictly valid among it. */
    List<Throwable> failures() {
        return failures;
    }

    /** Takes no connection any more, and drops those that there are. */
    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join(10_000); // until it has left the socket, the port may still take connections
        } catch (InterruptedException interrupted) {
            throw new InterruptedIOException();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One connection, from the side of the app. */
    final class Connection {
        private final Socket socket;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final InputStream in;
        private final StrictReader reader;

        Connection(Socket socket, InputStream from) {
            this.socket = socket;
            this.in = new Recording(from, received);
            this.reader = new StrictReader(in);
        }

        private void serveForever() throws IOException {
            while (true) {
                send(answers.apply(request()));
            }
        }

        Message request() throws IOException {
            Message request = reader.request();
            requests.add(request);
            return request;
        }

        Message requestHead() throws IOException {
            Message head = reader.requestHead();
            requests.add(head);
            return head;
        }

        Connection send(String octets) throws IOException {
            socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Connection send(byte[] octets) throws IOException {
            socket.getOutputStream().write(octets);
            return this;
        }

        String read(int length) throws IOException {
            byte[] octets = in.readNBytes(length);
            if (octets.length < length) {
                throw new EOFException("ended after " + octets.length + " of " + length);
            }
            return new String(octets, StandardCharsets.ISO_8859_1);
        }

        InputStream in() {
            return in;
        }

        /** Reads until Luma ends the connection, and says what came. */
        String untilEnd() throws IOException {
            try {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException reset) {
                return "<reset>";
            }
        }

        void close() throws IOException {
            socket.close();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Every octet so far. */
        String received() {
            synchronized (received) {
                return received.toString(StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static final class Recording extends FilterInputStream {
        private final ByteArrayOutputStream copy;

        Recording(InputStream from, ByteArrayOutputStream copy) {
            super(from);
            this.copy = copy;
        }

        @Override
        public int read() throws IOException {
            int octet = super.read();
            if (octet >= 0) {
                synchronized (copy) {
                    copy.write(octet);
                }
            }
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            if (count > 0) {
                synchronized (copy) {
                    copy.write(into, offset, count);
                }
            }
            return count;
        }
    }
}
