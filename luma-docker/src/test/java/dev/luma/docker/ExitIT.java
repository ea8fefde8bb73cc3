package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that end without Luma's doing. */
class ExitIT {

    private Bench bench;

    @BeforeEach
    void open() throws IOException {
        bench = new Bench();
    }

    @AfterEach
    void close() throws IOException {
        bench.close();
    }

    @Test
    void isToldOnceWhenTheContainerIsKilled() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("victim", "echo here; " + Bench.STUBBORN));
        wake.awaitEndpoint();
        bench.docker
                .killContainerCmd(bench.container(wake.instanceId()).getId())
                .exec();
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        Heard.End end = bench.heard.ends().get(0);
        assertEquals(137, end.exit().code());
        assertEquals("here", end.exit().lastLines().get(0));
        // A second look finds it dead as well, and must not tell again.
        assertTrue(runtime.check(wake.instanceId()).toCompletableFuture().join());
        stop(runtime, wake);
        assertEquals(1, bench.heard.ends().size());
    }

    @Test
    void isToldWhenTheContainerIsRemoved() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("removed", Bench.STUBBORN));
        wake.awaitEndpoint();
        bench.remove(bench.container(wake.instanceId()).getId());
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertEquals(137, bench.heard.ends().get(0).exit().code());
        stop(runtime, wake);
        assertEquals(1, bench.heard.ends().size());
    }

    @Test
    void isNoticedWhenItHappensWhileTheConnectionIsLost() {
        DockerRuntime runtime = bench.runtime();
        Wake killed = bench.start(runtime, bench.project("unseen", Bench.STUBBORN));
        Wake removed = bench.start(runtime, bench.project("unseen2", Bench.STUBBORN));
        Wake unharmed = bench.start(runtime, bench.project("unharmed", Bench.STUBBORN));
        killed.awaitEndpoint();
        removed.awaitEndpoint();
        unharmed.awaitEndpoint();
        Container first = bench.container(killed.instanceId());
        Container second = bench.container(removed.instanceId());
        bench.relay.cut();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        bench.docker.killContainerCmd(first.getId()).exec();
        bench.remove(second.getId());
        bench.relay.restore();
        await().atMost(Bench.PATIENCE).until(() -> bench.heard.ends().size() == 2);
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        assertTrue(bench.heard.ends().stream().noneMatch(end -> end.project().equals("unharmed")));
        stop(runtime, killed);
        stop(runtime, removed);
        stop(runtime, unharmed);
        assertEquals(2, bench.heard.ends().size());
    }

    @Test
    void aCheckOfARunningContainerTellsNothing() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("checked", Bench.STUBBORN));
        wake.awaitEndpoint();
        assertTrue(runtime.check(wake.instanceId()).toCompletableFuture().join());
        stop(runtime, wake);
        assertEquals(0, bench.heard.ends().size());
    }

    private static void stop(DockerRuntime runtime, Wake wake) {
        runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
    }
}
