package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.luma.core.Endpoint;
import dev.luma.core.Endpoint.Reach;
import dev.luma.core.HttpGet;
import dev.luma.core.ReadinessProbe;
import dev.luma.core.ReadinessProbe.Target;
import dev.luma.core.Scheduler.Cancellable;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When an app counts as ready. */
class NettyReadinessProbeTest {

    private EventLoops loops;
    private NettyReadinessProbe probe;
    private ServerSocket app;

    @BeforeEach
    void start() throws IOException {
        loops = EventLoops.create(1, new DefaultThreadFactory("loop", true), Transport.usual());
        probe = new NettyReadinessProbe(loops);
        app = new ServerSocket();
    }

    @AfterEach
    void stop() throws IOException {
        loops.close();
        app.close();
    }

    /** Reserves a port, on which nobody listens yet. */
    private Endpoint endpoint(Reach reach) throws IOException {
        app.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Endpoint endpoint = new Endpoint("127.0.0.1", app.getLocalPort(), reach);
        app.close();
        return endpoint;
    }

    private void listen(Endpoint endpoint) throws IOException {
        app = new ServerSocket();
        app.setSoTimeout(10_000);
        app.setReuseAddress(true);
        app.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()));
    }

    private CompletableFuture<Void> await(Endpoint endpoint) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        probe.await(target(endpoint), () -> ready.complete(null));
        return ready.orTimeout(10, TimeUnit.SECONDS);
    }

    private static Target target(Endpoint endpoint) {
        return new Target(endpoint, "app.test", Optional.empty());
    }

    /** Waits for an app that has to answer at /healthz. */
    private final class Asking implements ReadinessProbe.Listener {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        final CompletableFuture<Void> ready = new CompletableFuture<>();
        final Cancellable probing;

        Asking(Endpoint endpoint) {
            ready.orTimeout(10, TimeUnit.SECONDS);
            probing = probe.await(new Target(endpoint, "app.test", Optional.of(new HttpGet("/healthz?full=1"))), this);
        }

        @Override
        public void ready() {
            ready.complete(null);
        }

        @Override
        public void seen(String what) {
            seen.add(what);
        }

        String nextSeen() throws InterruptedException {
            String next = seen.poll(10, TimeUnit.SECONDS);
            assertNotNull(next, "it sees nothing new");
            return next;
        }
    }

    private Socket asked() throws IOException {
        Socket socket = app.accept();
        socket.setSoTimeout(10_000);
        assertEquals("/healthz?full=1", request(socket).target());
        return socket;
    }

    private void answer(String text) throws IOException {
        try (Socket socket = asked()) {
            socket.getOutputStream().write(Octets.of(text));
        }
    }

    @Test
    void isReadyAtItsOwnAddressOnceItAccepts() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        CompletableFuture<Void> ready = await(endpoint);
        assertFalse(ready.isDone());
        listen(endpoint);
        ready.join();
    }

    @Test
    void tellsOnlyOnce() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        AtomicInteger told = new AtomicInteger();
        probe.await(target(endpoint), told::incrementAndGet);
        await(endpoint).join();
        await(endpoint).join();
        assertEquals(1, told.get());
    }

    /** A forwarder accepts before the app does, and then closes, or waits. */
    @Test
    void isReadyBehindAForwarderOnceItAnswers() throws IOException {
        Endpoint endpoint = endpoint(Reach.PUBLISHED);
        CompletableFuture<Void> ready = await(endpoint);
        listen(endpoint);
        for (int i = 0; i < 3; i++) {
            app.accept().close();
        }
        try (Socket silent = app.accept();
                Socket answering = app.accept()) {
            assertEquals("HEAD", request(silent).method());
            assertEquals("HEAD", request(answering).method());
            assertFalse(ready.isDone());
            answering.getOutputStream().write(Octets.of("HTTP/1.1 503 Not yet\r\n\r\n"));
            ready.join();
        }
    }

    /** An app whose first answer takes longer than the patience for the first ones is waited for all the same. */
    @Test
    void waitsLongerAndLonger() throws IOException {
        Endpoint endpoint = endpoint(Reach.PUBLISHED);
        listen(endpoint);
        CompletableFuture<Void> ready = await(endpoint);
        for (int i = 0; i < 2; i++) {
            try (Socket silent = app.accept()) {
                request(silent);
                assertEquals(-1, silent.getInputStream().read(), "the probe gives up");
            }
        }
        assertFalse(ready.isDone());
        try (Socket answering = app.accept()) {
            request(answering);
            answering.getOutputStream().write('H');
            ready.join();
        }
    }

    @Rfc({"9112 3.2", "9112 9.6"})
    @Test
    void asksAsAUserOfTheProjectWould() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        try (Socket socket = app.accept()) {
            Message request = request(socket);
            assertEquals("GET /healthz?full=1 HTTP/1.1", request.startLine());
            assertEquals("app.test", request.field("Host"));
            assertEquals("Luma-Probe", request.field("User-Agent"));
            assertEquals("close", request.field("Connection"));
            assertFalse(asking.ready.isDone(), "a connection is not enough");
            socket.getOutputStream().write(Octets.of("HTTP/1.1 200 OK\r\n"));
            asking.ready.join();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 299, 301, 302, 399})
    void isReadyWhenTheAnswerIsGoodOrLeadsElsewhere(int status) throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        answer("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 " + status + " x\r\n\r\n");
        asking.ready.join();
        assertEquals(List.of(), List.copyOf(asking.seen));
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 400, 401, 404, 500, 503})
    void isNotReadyWhenTheAnswerIsAnother(int status) throws Exception {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        answer("HTTP/1.1 " + status + " x\r\n\r\n");
        assertEquals("it answered " + status + " at /healthz?full=1", asking.nextSeen());
        try (Socket again = asked()) {
            assertFalse(asking.ready.isDone());
            again.getOutputStream().write(Octets.of("HTTP/1.1 200 OK\r\n"));
            asking.ready.join();
        }
    }

    /** And only what is new, so that nobody has to hear the same thing ten times a second. */
    @Test
    void tellsWhatItSees() throws Exception {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        Asking asking = new Asking(endpoint);
        listen(endpoint);
        answer("HTTP/1.1 503 x\r\n\r\n");
        answer("HTTP/1.1 503 y\r\n\r\n");
        answer("");
        answer("SSH-2.0\r\n");
        try (Socket reset = asked()) {
            reset.setSoLinger(true, 0);
        }
        answer("HTTP/1.1 500 x\r\n\r\n");
        assertEquals("it answered 503 at /healthz?full=1", asking.nextSeen());
        assertEquals("it closes the connection at /healthz?full=1 without an answer", asking.nextSeen());
        assertEquals("what it answers at /healthz?full=1 is not HTTP/1.1", asking.nextSeen());
        assertEquals("it closes the connection at /healthz?full=1 without an answer", asking.nextSeen());
        assertEquals("it answered 500 at /healthz?full=1", asking.nextSeen());
        app.close();
        // What was in the queue of the listener when it closed was reset.
        String last = asking.nextSeen();
        while (!"it takes no connection".equals(last)) {
            last = asking.nextSeen();
        }
        listen(endpoint);
        answer("HTTP/1.1 200 OK\r\n\r\n");
        asking.ready.join();
        assertEquals(List.of(), List.copyOf(asking.seen));
    }

    @Test
    void asksAnewWhenThereIsNoAnswer() throws Exception {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        try (Socket silent = asked()) {
            silent.getOutputStream().write(Octets.of("HTTP/1.1 2"));
            assertEquals(-1, silent.getInputStream().read(), "the probe gives up");
            assertEquals("it does not answer at /healthz?full=1", asking.nextSeen());
        }
        answer("HTTP/1.1 200 OK\r\n\r\n");
        asking.ready.join();
    }

    /** So that no app complains in its log of a client that went away. */
    @Test
    void hearsTheRestOfTheAnswer() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        try (Socket socket = asked()) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(Octets.of("HTTP/1.1 200 OK\r\n"));
            asking.ready.join();
            asking.probing.cancel();
            for (int i = 0; i < 2_000; i++) {
                socket.getOutputStream().write('x');
            }
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void hearsAnEndlessAnswerOnlyForAWhile() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        try (Socket socket = asked()) {
            OutputStream out = socket.getOutputStream();
            out.write(Octets.of("HTTP/1.1 200 OK\r\n\r\n"));
            asking.ready.join();
            assertThrows(IOException.class, () -> {
                while (true) {
                    out.write(new byte[1024]);
                }
            });
        }
    }

    @Test
    void isReadyBehindAForwarderOnlyWithTheAnswerThatTheProjectWants() throws Exception {
        Endpoint endpoint = endpoint(Reach.PUBLISHED);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        app.accept().close();
        answer("HTTP/1.1 503 x\r\n\r\n");
        assertFalse(asking.ready.isDone());
        answer("HTTP/1.1 200 x\r\n\r\n");
        asking.ready.join();
    }

    @Test
    void givesUpTheQuestionWhenCancelled() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        listen(endpoint);
        Asking asking = new Asking(endpoint);
        try (Socket socket = asked()) {
            asking.probing.cancel();
            assertEquals(-1, socket.getInputStream().read());
        }
        assertEquals(List.of(), List.copyOf(asking.seen));
        assertFalse(asking.ready.isDone());
    }

    private static Message request(Socket socket) throws IOException {
        return new StrictReader(socket.getInputStream()).requestHead();
    }

    @Test
    void isNotAskedAnyMoreWhenCancelled() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        AtomicInteger told = new AtomicInteger();
        Cancellable cancelled = probe.await(target(endpoint), told::incrementAndGet);
        cancelled.cancel();
        cancelled.cancel();
        listen(endpoint);
        await(endpoint).join();
        await(endpoint).join();
        assertEquals(0, told.get());
    }

    @Test
    void canBeCancelledWhenTheLoopsHaveEnded() throws IOException {
        Cancellable late = probe.await(target(endpoint(Reach.DIRECT)), () -> {});
        loops.close();
        late.cancel();
    }
}
