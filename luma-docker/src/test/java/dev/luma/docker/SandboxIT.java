package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import dev.luma.core.ContainerRuntime.Finding;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Project;
import dev.luma.core.Way;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts in sandboxes on the real engine, and the loss of a sandbox at each moment. */
class SandboxIT {

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
    void startsInASandboxAndThrowsItAway() {
        DockerRuntime runtime = bench.withSandboxes(1);
        String sandbox = bench.sandboxes().get(0).getId();
        Wake wake = bench.awake(runtime, bench.project("boxed", Bench.SERVER));
        assertEquals(List.of(Way.SANDBOX), wake.ways());
        assertEquals("container:" + sandbox, bench.networkMode(wake.instanceId()));
        List<String> image = List.of(bench.container(wake.instanceId()).getImageId());
        await().atMost(Bench.PATIENCE).until(wake::images, image::equals);
        Bench.stop(runtime, wake);
        assertTrue(!bench.exists(sandbox), "a used sandbox is not kept");
    }

    @Test
    void anAppBindsAPortThatOnlyRootMayBindElsewhere() {
        DockerRuntime runtime = bench.withSandboxes(1);
        Wake wake = bench.awake(runtime, bench.project("low", "busybox httpd -f -p 80 -h / & " + Bench.SERVER));
        assertEquals(List.of(Way.SANDBOX), wake.ways());
        Bench.stop(runtime, wake);
    }

    @Test
    void twoAppsOnTheSamePortDoNotMeet() {
        DockerRuntime runtime = bench.withSandboxes(2);
        Wake one = bench.start(runtime, bench.project("one", Bench.SERVER));
        Wake two = bench.start(runtime, bench.project("two", Bench.SERVER));
        Bench.awaitAnswer(one.awaitEndpoint());
        Bench.awaitAnswer(two.awaitEndpoint());
        assertNotEquals(one.awaitEndpoint(), two.awaitEndpoint());
        Bench.stop(runtime, one);
        Bench.stop(runtime, two);
    }

    @Test
    void withoutASandboxAContainerStartsThePlainWayOnTheSameNetwork() {
        DockerRuntime runtime = bench.withSandboxes(1);
        Wake boxed = bench.start(runtime, bench.project("boxed", Bench.SERVER));
        Wake plain = bench.start(runtime, bench.project("plain", Bench.SERVER));
        Bench.awaitAnswer(boxed.awaitEndpoint());
        Bench.awaitAnswer(plain.awaitEndpoint());
        List<Way> ways = List.of(boxed.ways().get(0), plain.ways().get(0));
        assertEquals(List.of(Way.PLAIN, Way.SANDBOX), ways.stream().sorted().toList());
        Bench.stop(runtime, boxed);
        Bench.stop(runtime, plain);
    }

    @Test
    void thePoolIsFilledAgain() {
        DockerRuntime runtime = bench.withSandboxes(1);
        Wake first = bench.start(runtime, bench.project("first", Bench.SERVER));
        first.awaitEndpoint();
        await().atMost(Bench.PATIENCE).until(() -> runtime.sandboxesReady() == 1);
        Wake second = bench.start(runtime, bench.project("second", Bench.SERVER));
        second.awaitEndpoint();
        assertEquals(List.of(Way.SANDBOX), second.ways());
        Bench.stop(runtime, first);
        Bench.stop(runtime, second);
    }

    @Test
    void aSandboxThatDiesInThePoolIsReplaced() {
        DockerRuntime runtime = bench.withSandboxes(1);
        String dead = bench.sandboxes().get(0).getId();
        kill(dead);
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(dead) && runtime.sandboxesReady() == 1);
        Wake wake = bench.awake(runtime, bench.project("late", Bench.SERVER));
        assertEquals(List.of(Way.SANDBOX), wake.ways());
        Bench.stop(runtime, wake);
    }

    @Test
    void aSandboxThatDiesBeforeTheJoinCostsTheWakeNothingButTime() {
        survives(WakePhase.CREATE);
    }

    @Test
    void aSandboxThatDiesBetweenCreateAndStartCostsTheWakeNothingButTime() {
        survives(WakePhase.START);
    }

    /** The sandbox is removed at the moment at which the start enters the phase for the first time. */
    private void survives(WakePhase moment) {
        DockerRuntime runtime = bench.withSandboxes(1);
        String sandbox = bench.sandboxes().get(0).getId();
        AtomicInteger times = new AtomicInteger();
        Consumer<WakePhase> saboteur = phase -> {
            if (phase == moment && times.getAndIncrement() == 0) {
                bench.remove(sandbox);
            }
        };
        Project project = bench.project("unlucky", Bench.SERVER);
        Wake wake = bench.start(runtime, project, bench.newInstanceId(project), saboteur);
        await().atMost(Bench.PATIENCE)
                .until(() -> wake.phases().contains(WakePhase.READY)
                        || !wake.failures().isEmpty());
        assertEquals(List.of(), wake.failures());
        Bench.awaitAnswer(wake.endpoints().get(wake.endpoints().size() - 1));
        assertEquals(List.of(), bench.heard.ends());
        assertEquals(1, bench.containersOf(wake.instanceId()).size());
        Bench.stop(runtime, wake);
    }

    @Test
    void aSandboxThatDiesUnderARunningAppIsToldAsNotItsFault() {
        DockerRuntime runtime = bench.withSandboxes(1);
        Wake wake = bench.awake(runtime, bench.project("cut-off", Bench.SERVER));
        await().atMost(Bench.PATIENCE).until(() -> wake.phases().contains(WakePhase.READY));
        kill(bench.networkMode(wake.instanceId()).substring("container:".length()));
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertTrue(bench.heard.ends().get(0).exit().blameless());
        assertEquals(wake.instanceId(), bench.heard.ends().get(0).instanceId());
        Bench.stop(runtime, wake);
        assertEquals(1, bench.heard.ends().size());
    }

    @Test
    void anAppThatEndsAtOnceIsToldAsItself() {
        DockerRuntime runtime = bench.withSandboxes(1);
        Wake wake = bench.start(runtime, bench.project("brief", "echo oh; exit 3"));
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertEquals(3, bench.heard.ends().get(0).exit().code());
        assertEquals(List.of("oh"), bench.heard.ends().get(0).exit().lastLines());
        assertTrue(!bench.heard.ends().get(0).exit().blameless());
        Bench.stop(runtime, wake);
    }

    @Test
    void aMissingCommandIsNotTakenForALostSandbox() throws IOException {
        String tag = "luma-it:broken-" + bench.owner;
        bench.build(tag, "CMD [\"/nowhere\"]");
        DockerRuntime runtime = bench.withSandboxes(1);
        Wake wake = bench.start(runtime, Bench.projectOf("broken", tag, Map.of()));
        await().atMost(Bench.PATIENCE).until(() -> !wake.failures().isEmpty());
        StartFailure failure = wake.failures().get(0);
        assertEquals(
                "the container of broken could not be started: the command of its image does not exist in the image",
                failure.detail());
        assertEquals(1, wake.phases().stream().filter(WakePhase.START::equals).count());
        await().atMost(Bench.PATIENCE)
                .until(() -> bench.containersOf(wake.instanceId()).isEmpty());
    }

    @Test
    void anImageThatWasRemovedIsMissedInASandboxToo() throws IOException {
        String tag = "luma-it:gone-" + bench.owner;
        bench.build(tag, "CMD [\"busybox\", \"sh\", \"-c\", \"eval \\\"$RUN\\\"\"]");
        DockerRuntime runtime = bench.withSandboxes(1);
        Project project = Bench.projectOf("gone", tag, Map.of("RUN", Bench.SERVER));
        Wake first = bench.start(runtime, project);
        first.awaitEndpoint();
        Bench.stop(runtime, first);
        bench.removeImage(tag);
        Wake second = bench.start(runtime, project);
        await().atMost(Bench.PATIENCE).until(() -> !second.failures().isEmpty());
        assertEquals(
                "the image " + tag + " is not on this machine and could not be pulled",
                second.failures().get(0).detail());
    }

    /** Or else an engine that stops waits ten seconds for them, as for every container that does not hear SIGTERM. */
    @Test
    void anEngineThatStopsDoesNotWaitForSandboxes() {
        bench.withSandboxes(1);
        String sandbox = bench.sandboxes().get(0).getId();
        assertTimeoutPreemptively(
                Bench.PATIENCE,
                () -> bench.docker
                        .stopContainerCmd(sandbox)
                        .withTimeout((int) Duration.ofHours(1).toSeconds())
                        .exec());
    }

    @Test
    void sandboxesOfAnEarlierRunAreRemoved() {
        DockerRuntime earlier = bench.withSandboxes(2);
        List<String> old = bench.sandboxes().stream().map(Container::getId).toList();
        earlier.close();
        DockerRuntime next = bench.runtime();
        await().atMost(Bench.PATIENCE).until(() -> old.stream().noneMatch(bench::exists));
        assertEquals(0, next.sandboxesReady());
    }

    @Test
    void aNetworkThatWasRemovedIsMadeAgain() {
        DockerRuntime runtime = bench.runtime();
        Wake first = bench.awake(runtime, bench.project("first", Bench.SERVER));
        Bench.stop(runtime, first);
        bench.networks().forEach(name -> bench.docker.removeNetworkCmd(name).exec());
        Wake second = bench.awake(runtime, bench.project("second", Bench.SERVER));
        assertEquals(1, bench.networks().size());
        Bench.stop(runtime, second);
    }

    @Test
    void aNetworkThatIsRemovedBeforeTheContainerIsMadeCostsTheWakeNothingButTime() {
        survivesTheLossOfItsNetwork(WakePhase.CREATE);
    }

    @Test
    void aNetworkThatIsRemovedBetweenCreateAndStartCostsTheWakeNothingButTime() {
        survivesTheLossOfItsNetwork(WakePhase.START);
    }

    private void survivesTheLossOfItsNetwork(WakePhase moment) {
        DockerRuntime runtime = bench.runtime();
        AtomicInteger times = new AtomicInteger();
        Consumer<WakePhase> saboteur = phase -> {
            if (phase == moment && times.getAndIncrement() == 0) {
                bench.networks()
                        .forEach(name -> bench.docker.removeNetworkCmd(name).exec());
            }
        };
        Project project = bench.project("unlucky", Bench.SERVER);
        Wake wake = bench.start(runtime, project, bench.newInstanceId(project), saboteur);
        Bench.awaitAnswer(wake.awaitEndpoint());
        assertEquals(2, times.get());
        assertEquals(List.of(Way.PLAIN), wake.ways());
        assertEquals(1, bench.containersOf(wake.instanceId()).size());
        Bench.stop(runtime, wake);
    }

    @Test
    void saysWhatWasMeasured() {
        DockerRuntime runtime = bench.withSandboxes(2);
        Finding finding = runtime.findings().get(1);
        assertEquals("sandboxes", finding.subject());
        assertTrue(finding.fine());
        assertTrue(
                finding.sentence()
                        .matches("2 of 2 wait, and are used: the engine starts a container in \\d+ ms,"
                                + " in a sandbox in \\d+ ms"),
                finding.sentence());
    }

    @Test
    void saysThatTheyAreTurnedOff() {
        DockerSettings keeping =
                bench.settings(DockerSettings.Reach.AUTO).withKept(new DockerSettings.Keep(2, Duration.ofHours(1)));
        DockerRuntime runtime = bench.unconnected(keeping);
        await().atMost(Bench.PATIENCE).until(() -> runtime.status().available());
        assertEquals(
                "no containers of sleeping projects are kept, as there are no sandboxes for them",
                runtime.findings().get(2).sentence());
        Finding finding = runtime.findings().get(1);
        assertEquals("are turned off (sandboxes: 0), so that wakes take longer", finding.sentence());
    }

    @Test
    void leavingRemovesWhatWaits() {
        DockerRuntime runtime = bench.withSandboxes(2);
        bench.leave(runtime);
        assertEquals(List.of(), bench.sandboxes());
        assertEquals(List.of(), bench.networks());
    }

    @ParameterizedTest(name = "with {0} sandboxes")
    @ValueSource(ints = {0, 1})
    void leavingWaitsForWhatAFailedStartHasLeft(int sandboxes) throws IOException {
        String tag = "luma-it:broken-" + bench.owner;
        bench.build(tag, "CMD [\"/nowhere\"]");
        DockerRuntime runtime = sandboxes == 0 ? bench.runtime() : bench.withSandboxes(sandboxes);
        Wake wake = bench.start(runtime, Bench.projectOf("broken", tag, Map.of()));
        await().atMost(Bench.PATIENCE).until(() -> !wake.failures().isEmpty());
        bench.leave(runtime);
        assertEquals(List.of(), bench.containers(bench.owner));
        assertEquals(List.of(), bench.networks());
    }

    private void kill(String containerId) {
        try {
            bench.docker.killContainerCmd(containerId).exec();
        } catch (ConflictException | NotFoundException dead) {
            throw new AssertionError("it was dead before", dead);
        }
    }
}
