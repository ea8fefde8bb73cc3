package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import dev.luma.core.Endpoint.Reach;
import dev.luma.core.Refusal.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starts on the real engine: those that succeed, and those that fail in each of their ways. */
class StartIT {

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
    void reachesTheContainerOnItsOwnAddress() {
        DockerRuntime runtime = bench.runtime(DockerSettings.Reach.AUTO);
        Wake wake = bench.start(runtime, bench.project("direct", Bench.SERVER));
        Endpoint endpoint = wake.awaitEndpoint();
        assertEquals(Reach.DIRECT, endpoint.reach());
        assertEquals(8123, endpoint.port());
        Bench.awaitAnswer(endpoint);
        assertEquals(List.of(WakePhase.IMAGE, WakePhase.CREATE, WakePhase.START, WakePhase.READY), wake.phases());
        stop(runtime, wake);
    }

    @Test
    void reachesTheContainerThroughAPublishedPort() {
        DockerRuntime runtime = bench.runtime(DockerSettings.Reach.PUBLISHED);
        Wake wake = bench.start(runtime, bench.project("published", Bench.SERVER));
        Endpoint endpoint = wake.awaitEndpoint();
        assertEquals(Reach.PUBLISHED, endpoint.reach());
        assertEquals("127.0.0.1", endpoint.address());
        Bench.awaitAnswer(endpoint);
        stop(runtime, wake);
    }

    @Test
    void marksTheContainerAsItsOwn() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("marked", Bench.SERVER));
        wake.awaitEndpoint();
        var container = bench.container(wake.instanceId());
        assertEquals("/luma-" + wake.instanceId(), container.getNames()[0]);
        assertEquals("marked", container.getLabels().get("dev.luma.project"));
        assertEquals("0", container.getLabels().get("dev.luma.revision"));
        assertEquals(List.of(container.getImageId()), wake.images());
        stop(runtime, wake);
    }

    @Test
    void tellsHowAContainerEndedThatEndsAtOnce() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("brief", "echo one; echo two >&2; exit 3"));
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        Heard.End end = bench.heard.ends().get(0);
        assertEquals(List.of(wake.instanceId()), bench.heard.announced());
        assertEquals("brief", end.project());
        assertEquals(wake.instanceId(), end.instanceId());
        assertEquals(3, end.exit().code());
        assertEquals(
                List.of("one", "two"), end.exit().lastLines().stream().sorted().toList());
        stop(runtime, wake);
        assertEquals(1, bench.heard.ends().size());
        assertEquals(List.of(), wake.failures());
    }

    @Test
    void keepsTheLastTwentyLines() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("wordy", "busybox seq 1 50; exit 1"));
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        Exit exit = bench.heard.ends().get(0).exit();
        assertEquals(20, exit.lastLines().size());
        assertEquals("50", exit.lastLines().get(19));
        stop(runtime, wake);
    }

    @Test
    void saysThatTheCommandIsMissingAndRemovesTheContainer() throws IOException {
        String tag = "luma-it:broken-" + bench.owner;
        bench.build(tag, "CMD [\"/nowhere\"]");
        StartFailure failure = bench.start(bench.runtime(), Bench.projectOf("broken", tag, Map.of()))
                .awaitFailure();
        assertEquals(Reason.START_FAILED, failure.reason());
        assertEquals(
                "the container of broken could not be started: the command of its image does not exist in the image",
                failure.detail());
        assertTrue(failure.lastLines().get(0).contains("/nowhere"), failure.toString());
        bench.awaitNothingLeft();
        assertEquals(List.of(), bench.heard.ends());
    }

    @Test
    void warmingUpLeavesNothing() {
        DockerRuntime runtime = bench.runtime();
        runtime.warm().toCompletableFuture().join();
        assertTrue(
                runtime.status().description().matches("Docker \\d+\\.\\d+\\..* \\(API 1\\.4\\d\\)"),
                () -> runtime.status().description());
        assertFalse(bench.containers("warm-up").iterator().hasNext());
    }

    private static void stop(DockerRuntime runtime, Wake wake) {
        runtime.stop(wake.instanceId(), Duration.ofSeconds(10))
                .toCompletableFuture()
                .join();
    }
}
