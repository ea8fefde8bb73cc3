package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that are frozen on the real engine, and go on. */
class PauseIT {

    private Bench bench;
    private DockerRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        bench = new Bench();
        runtime = bench.runtime();
    }

    @AfterEach
    void close() throws IOException {
        bench.close();
    }

    @Test
    void aFrozenAppSaysNothingUntilItGoesOn() throws IOException {
        Wake wake = bench.start(runtime, bench.project("frozen", Bench.SERVER));
        Endpoint endpoint = wake.awaitEndpoint();
        Bench.awaitAnswer(endpoint);
        runtime.pause(wake.instanceId()).toCompletableFuture().join();
        assertEquals("paused", bench.container(wake.instanceId()).getState());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.address(), endpoint.port()), 5_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(200);
            assertThrows(
                    SocketTimeoutException.class, () -> socket.getInputStream().read());
            runtime.resume(wake.instanceId()).toCompletableFuture().join();
            socket.setSoTimeout(20_000);
            assertEquals('H', socket.getInputStream().read());
        }
        stop(wake);
    }

    @Test
    void aRoundDoesNotTakeAFrozenContainerForDead() {
        Wake wake = bench.start(runtime, bench.project("frozen", Bench.SERVER));
        wake.awaitEndpoint();
        runtime.pause(wake.instanceId()).toCompletableFuture().join();
        assertTrue(runtime.check(wake.instanceId()).toCompletableFuture().join());
        bench.relay.cut();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        bench.relay.restore();
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        Wake other = bench.start(runtime, bench.project("other", Bench.SERVER));
        other.awaitEndpoint();
        assertEquals(List.of(), bench.heard.ends());
        assertEquals("paused", bench.container(wake.instanceId()).getState());
        stop(wake);
        stop(other);
    }

    @Test
    void aFrozenAppMayEndInOrder() {
        Wake wake = bench.awake(runtime, bench.project("orderly", Bench.SERVER));
        runtime.pause(wake.instanceId()).toCompletableFuture().join();
        long from = System.nanoTime();
        runtime.stop(wake.instanceId(), Duration.ofMinutes(5))
                .toCompletableFuture()
                .join();
        // It is removed before the grace is over: so it has heard the signal.
        assertTrue(System.nanoTime() - from < Duration.ofMinutes(4).toNanos());
        bench.awaitNothingLeft();
    }

    @Test
    void oneThatWasKilledMeanwhileDoesNotGoOn() {
        doesNotGoOnAfter(id -> bench.docker.killContainerCmd(id).exec());
    }

    @Test
    void oneThatWasRemovedMeanwhileDoesNotGoOn() {
        doesNotGoOnAfter(bench::remove);
    }

    private void doesNotGoOnAfter(Consumer<String> ending) {
        Wake wake = bench.awake(runtime, bench.project("killed", Bench.SERVER));
        runtime.pause(wake.instanceId()).toCompletableFuture().join();
        ending.accept(bench.container(wake.instanceId()).getId());
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertThrows(
                CompletionException.class,
                () -> runtime.resume(wake.instanceId()).toCompletableFuture().join());
        stop(wake);
    }

    @Test
    void oneGoesOnWhenTheEngineIsBackThatDidNotAnswerBefore() {
        Wake wake = bench.start(runtime, bench.project("patient", Bench.SERVER));
        Endpoint endpoint = wake.awaitEndpoint();
        Bench.awaitAnswer(endpoint);
        runtime.pause(wake.instanceId()).toCompletableFuture().join();
        bench.relay.cut();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        assertThrows(
                CompletionException.class,
                () -> runtime.resume(wake.instanceId()).toCompletableFuture().join());
        bench.relay.restore();
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        runtime.resume(wake.instanceId()).toCompletableFuture().join();
        Bench.awaitAnswer(endpoint);
        stop(wake);
    }

    @Test
    void oneThatWasNotFrozenIsFineAsItIs() {
        Wake wake = bench.start(runtime, bench.project("awake", Bench.SERVER));
        Endpoint endpoint = wake.awaitEndpoint();
        runtime.resume(wake.instanceId()).toCompletableFuture().join();
        Bench.awaitAnswer(endpoint);
        stop(wake);
    }

    private void stop(Wake wake) {
        runtime.stop(wake.instanceId(), Duration.ofSeconds(10))
                .toCompletableFuture()
                .join();
    }
}
