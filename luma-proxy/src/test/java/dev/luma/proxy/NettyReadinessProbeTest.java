package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.luma.core.Endpoint;
import dev.luma.core.Endpoint.Reach;
import dev.luma.core.Scheduler.Cancellable;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
        probe.await(endpoint, () -> ready.complete(null));
        return ready.orTimeout(10, TimeUnit.SECONDS);
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
        probe.await(endpoint, told::incrementAndGet);
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

    private static Message request(Socket socket) throws IOException {
        return new StrictReader(socket.getInputStream()).requestHead();
    }

    @Test
    void isNotAskedAnyMoreWhenCancelled() throws IOException {
        Endpoint endpoint = endpoint(Reach.DIRECT);
        AtomicInteger told = new AtomicInteger();
        Cancellable cancelled = probe.await(endpoint, told::incrementAndGet);
        cancelled.cancel();
        cancelled.cancel();
        listen(endpoint);
        await(endpoint).join();
        await(endpoint).join();
        assertEquals(0, told.get());
    }

    @Test
    void canBeCancelledWhenTheLoopsHaveEnded() throws IOException {
        Cancellable late = probe.await(endpoint(Reach.DIRECT), () -> {});
        loops.close();
        late.cancel();
    }
}
