package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.Project;
import dev.luma.core.Refusal.Reason;
import dev.luma.core.Way;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images that are there, that have to be pulled, and that are nowhere. */
class ImageIT {

    private Bench bench;
    private Registry registry;

    @BeforeEach
    void open() throws IOException {
        bench = new Bench();
        registry = new Registry(bench.owner);
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        bench.close();
    }

    @Test
    void pullsAnImageOnceForAllWhoNeedIt() {
        DockerRuntime runtime = bench.runtime();
        String image = registry.image("app:1");
        bench.removedAtTheEnd(image);
        Map<String, String> env = Map.of("RUN", Bench.SERVER);
        runtime.prepare(Bench.projectOf("prepared", image, env));
        List<Wake> wakes = Stream.of("first", "second")
                .map(name -> bench.start(runtime, Bench.projectOf(name, image, env)))
                .toList();
        for (Wake wake : wakes) {
            wake.awaitEndpoint();
            runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
        }
        assertEquals(1, registry.layerRequests());
    }

    @Test
    void saysThatTheImageIsNowhere() {
        DockerRuntime runtime = bench.runtime();
        String image = registry.image("missing");
        Project project = Bench.projectOf("nowhere", image, Map.of());
        StartFailure failure = bench.start(runtime, project).awaitFailure();
        assertEquals(Reason.START_FAILED, failure.reason());
        String detail = "the image " + image + ":latest is not on this machine and could not be pulled";
        assertEquals(detail, failure.detail());
        assertEquals(1, failure.lastLines().size());
        CompletionException error = assertThrows(
                CompletionException.class,
                () -> runtime.prepare(project).toCompletableFuture().join());
        StartFailureException known = assertInstanceOf(StartFailureException.class, error.getCause());
        assertEquals(detail, known.failure().detail());
    }

    @Test
    void noticesThatAnImageIsNotThereAnyMore() {
        pullsAgainWhatWasRemoved(bench.runtime(), Way.PLAIN);
    }

    @Test
    void noticesThatAnImageIsNotThereAnyMoreInASandbox() {
        pullsAgainWhatWasRemoved(bench.withSandboxes(1), Way.SANDBOX);
    }

    private void pullsAgainWhatWasRemoved(DockerRuntime runtime, Way way) {
        String image = registry.image("app:1");
        bench.removedAtTheEnd(image);
        Project project = Bench.projectOf("fleeting", image, Map.of("RUN", Bench.SERVER));
        runtime.prepare(project).toCompletableFuture().join();
        bench.removeImage(image);
        Wake wake = bench.start(runtime, project);
        wake.awaitEndpoint();
        assertEquals(2, registry.layerRequests());
        assertEquals(List.of(way), wake.ways());
        bench.removedAtTheEnd(image);
        runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
    }

    @Test
    void anEngineThatIsDownIsNotTheImagesFault() {
        DockerRuntime runtime = bench.runtime();
        runtime.close();
        CompletionException error = assertThrows(
                CompletionException.class,
                () -> runtime.prepare(bench.project("down", Bench.SERVER))
                        .toCompletableFuture()
                        .join());
        StartFailureException known = assertInstanceOf(StartFailureException.class, error.getCause());
        assertEquals(Reason.RUNTIME_DOWN, known.failure().reason());
    }
}
