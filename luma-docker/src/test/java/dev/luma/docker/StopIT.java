package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Project;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stops on the real engine. */
class StopIT {

    private static final Duration LONG_GRACE = Duration.ofSeconds(60);

    private Bench bench;

    @BeforeEach
    void open() throws IOException {
        bench = new Bench();
    }

    @AfterEach
    void close() throws IOException {
        bench.close();
        assertEquals(List.of(), bench.heard.ends(), "nobody is told of an end that was asked for");
    }

    @Test
    void endsAtOnceWhatObeys() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(
                runtime, bench.project("obedient", "trap 'exit 0' TERM; while true; do busybox sleep 0.1; done"));
        wake.awaitEndpoint();
        assertTrue(millisToStop(runtime, wake, LONG_GRACE) < 10_000);
        bench.awaitNothingLeft();
    }

    @Test
    void killsWhatDoesNotWhenTheGraceIsOver() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("stubborn", Bench.STUBBORN));
        wake.awaitEndpoint();
        long millis = millisToStop(runtime, wake, Duration.ofSeconds(1));
        assertTrue(millis >= 1_000 && millis < 10_000, "it took " + millis + " ms");
        bench.awaitNothingLeft();
    }

    @Test
    void usesTheSignalThatTheImageAsksFor() throws IOException {
        String tag = "luma-it:quit-" + bench.owner;
        bench.build(
                tag,
                "STOPSIGNAL SIGQUIT\nCMD [\"busybox\", \"sh\", \"-c\","
                        + " \"trap '' TERM; trap 'exit 0' QUIT; while true; do busybox sleep 0.1; done\"]");
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, Bench.projectOf("quitter", tag, Map.of()));
        wake.awaitEndpoint();
        assertTrue(millisToStop(runtime, wake, LONG_GRACE) < 10_000);
    }

    @ParameterizedTest
    @EnumSource(
            value = WakePhase.class,
            names = {"IMAGE", "CREATE", "START"})
    void abandonsAStartInEachOfItsPhases(WakePhase phase) {
        DockerRuntime runtime = bench.runtime();
        Project project = bench.project("hasty", Bench.SERVER);
        String instance = bench.newInstanceId(project);
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Wake wake = bench.start(runtime, project, instance, entered -> {
            if (entered == phase) {
                runtime.stop(instance, LONG_GRACE).thenRun(() -> stopped.complete(null));
            }
        });
        stopped.join();
        assertEquals(List.of(), bench.containers(bench.owner));
        assertEquals(List.of(), wake.endpoints());
        assertEquals(List.of(), wake.failures());
    }

    @Test
    void mayBeAskedForAgainAndForNothing() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("twice", Bench.SERVER));
        wake.awaitEndpoint();
        CompletableFuture<Void> first =
                runtime.stop(wake.instanceId(), LONG_GRACE).toCompletableFuture();
        CompletableFuture<Void> second =
                runtime.stop(wake.instanceId(), LONG_GRACE).toCompletableFuture();
        CompletableFuture.allOf(first, second).join();
        assertEquals(List.of(), bench.containers(bench.owner));
        runtime.stop(wake.instanceId(), LONG_GRACE).toCompletableFuture().join();
        runtime.stop("never-started", LONG_GRACE).toCompletableFuture().join();
    }

    @Test
    void manyStopsWaitForNoneAnotherAndHoldUpNoStart() {
        DockerRuntime runtime = bench.runtime();
        List<Wake> wakes = IntStream.range(0, 5)
                .mapToObj(i -> bench.start(runtime, bench.project("many" + i, Bench.STUBBORN)))
                .toList();
        wakes.forEach(Wake::awaitEndpoint);
        // More than the stops' pool has threads.
        CompletableFuture<?> stops = CompletableFuture.allOf(wakes.stream()
                .map(wake ->
                        runtime.stop(wake.instanceId(), Duration.ofSeconds(4)).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
        Wake late = bench.start(runtime, bench.project("late", Bench.SERVER));
        late.awaitEndpoint();
        assertFalse(stops.isDone(), "the start did not wait for the stops");
        await().atMost(Duration.ofSeconds(15)).until(stops::isDone);
        stops.join();
        runtime.stop(late.instanceId(), LONG_GRACE).toCompletableFuture().join();
    }

    @Test
    void failsWhenTheEngineIsDownAndSucceedsLater() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("patient", Bench.SERVER));
        wake.awaitEndpoint();
        bench.relay.cut();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        CompletableFuture<Void> stop =
                runtime.stop(wake.instanceId(), LONG_GRACE).toCompletableFuture();
        assertThrows(CompletionException.class, stop::join);
        bench.relay.restore();
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        runtime.stop(wake.instanceId(), LONG_GRACE).toCompletableFuture().join();
        assertEquals(List.of(), bench.containers(bench.owner));
    }

    private static long millisToStop(DockerRuntime runtime, Wake wake, Duration grace) {
        long begun = System.nanoTime();
        runtime.stop(wake.instanceId(), grace).toCompletableFuture().join();
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
    }
}
