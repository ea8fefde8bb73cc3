package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.Status;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import dev.luma.core.Refusal.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines that come, go and hang, and what is swept away when they come. */
class ConnectIT {

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
    void worksOnceTheEngineComes() {
        bench.relay.cut();
        DockerRuntime runtime = bench.unconnected(DockerSettings.Reach.AUTO);
        await().atMost(Bench.PATIENCE)
                .until(() -> runtime.status().description().startsWith("there is no Docker socket at "));
        StartFailure failure =
                bench.start(runtime, bench.project("early", Bench.SERVER)).awaitFailure();
        assertEquals(Reason.RUNTIME_DOWN, failure.reason());
        assertEquals("the container engine does not answer", failure.detail());
        bench.relay.restore();
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        Wake wake = bench.start(runtime, bench.project("late", Bench.SERVER));
        wake.awaitEndpoint();
        runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
    }

    @Test
    void tellsEachChangeOnce() {
        DockerRuntime runtime = bench.runtime();
        Heard heard = new Heard();
        runtime.listen(heard);
        for (int i = 0; i < 2; i++) {
            bench.relay.cut();
            await().atMost(Bench.PATIENCE)
                    .until(() -> runtime.status().description().startsWith("there is no"));
            bench.relay.restore();
            await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        }
        await().atMost(Bench.PATIENCE)
                .untilAsserted(() -> assertEquals(
                        List.of(false, true, false, true),
                        heard.statuses().stream().map(Status::available).toList()));
    }

    @Test
    void aStartWaitsForTheConnectionThatIsBeingMade() {
        DockerRuntime runtime = bench.unconnected(DockerSettings.Reach.AUTO);
        Wake wake = bench.start(runtime, bench.project("eager", Bench.SERVER));
        wake.awaitEndpoint();
        runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
    }

    @Test
    void aStartFailsAtOnceWhenTheConnectionBreaksAndItsRemainsAreRemovedLater() {
        DockerRuntime runtime = bench.runtime();
        Wake wake =
                bench.start(runtime, bench.project("broken-off", Bench.SERVER), "broken-off-" + bench.owner, phase -> {
                    if (phase == WakePhase.START) {
                        bench.relay.cut();
                    }
                });
        assertEquals(Reason.RUNTIME_DOWN, wake.awaitFailure().reason());
        assertFalse(bench.containers(bench.owner).isEmpty());
        bench.relay.restore();
        bench.awaitNothingLeft();
        assertEquals(1, wake.failures().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void anEngineThatHangsIsGivenUpAndTakenUpAgain(String scheme) throws IOException {
        Relay relay = scheme.equals("tcp") ? Relay.onPort(Bench.engineSocket()) : bench.relay;
        DockerSettings.Times impatient = new DockerSettings.Times(
                Duration.ofMillis(1_000),
                Duration.ofMillis(1_000),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofMillis(200));
        DockerRuntime runtime = bench.unconnected(new DockerSettings(
                relay.host(), bench.owner, DockerSettings.Reach.AUTO, 0, DockerSettings.Keep.NONE, impatient));
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        assertEquals(scheme.equals("unix"), runtime.isHere());
        relay.freeze();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        assertFalse(runtime.isHere());
        await().atMost(Bench.PATIENCE)
                .until(() -> runtime.status().description().contains("does not answer in time"));
        relay.thaw();
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        assertTrue(runtime.check("nobody").toCompletableFuture().join());
        runtime.close();
        relay.close();
    }

    @Test
    void anEngineBehindAPortIsReachedThroughPublishedPorts() throws IOException {
        try (Relay relay = Relay.onPort(Bench.engineSocket())) {
            DockerSettings settings = bench.settings(DockerSettings.Reach.AUTO);
            DockerRuntime runtime = bench.unconnected(new DockerSettings(
                    relay.host(), bench.owner, settings.reach(), 0, DockerSettings.Keep.NONE, settings.times()));
            Wake wake = bench.start(runtime, bench.project("remote", Bench.SERVER));
            assertEquals(Endpoint.Reach.PUBLISHED, wake.awaitEndpoint().reach());
            assertFalse(runtime.isHere(), "who knows where it leads");
            runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
            runtime.close();
        }
    }

    @Test
    void aRoundRemovesWhatIsLeftWithoutAnyEvent() {
        DockerSettings.Times often = new DockerSettings.Times(
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofMillis(100));
        DockerRuntime runtime =
                bench.unconnected(bench.settings(DockerSettings.Reach.AUTO).withTimes(often));
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        Wake wake = bench.start(runtime, bench.project("kept", Bench.SERVER));
        wake.awaitEndpoint();
        String late = bench.stray(Map.of(Labels.OWNER, bench.owner, Labels.INSTANCE, "made-behind-its-back"));
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(late));
        assertEquals("running", bench.container(wake.instanceId()).getState());
        runtime.stop(wake.instanceId(), Duration.ZERO).toCompletableFuture().join();
    }

    @Test
    void sweepsItsOwnAndLeavesTheRest() {
        Map<String, String> own = Map.of(Labels.OWNER, bench.owner, Labels.INSTANCE, "of-an-earlier-run");
        String orphan = bench.stray(own);
        String foreign = bench.stray(Map.of(Labels.OWNER, bench.owner + "-other", Labels.INSTANCE, "theirs"));
        String stranger = bench.stray(Map.of("some", "label"));
        DockerRuntime runtime = bench.runtime();
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(orphan));
        assertTrue(bench.exists(foreign) && bench.exists(stranger));
        assertTrue(runtime.status().available());
        bench.remove(foreign);
        bench.remove(stranger);
    }

    @Test
    void letsGoWithoutStoppingAnything() {
        DockerRuntime runtime = bench.runtime();
        Wake wake = bench.start(runtime, bench.project("kept", Bench.SERVER));
        wake.awaitEndpoint();
        runtime.close();
        assertEquals("running", bench.container(wake.instanceId()).getState());
        assertFalse(runtime.status().available());
        Wake after = bench.start(runtime, bench.project("after", Bench.SERVER));
        assertEquals(Reason.RUNTIME_DOWN, after.awaitFailure().reason());
        bench.remove(bench.container(wake.instanceId()).getId());
        bench.networks().forEach(name -> bench.docker.removeNetworkCmd(name).exec());
    }
}
