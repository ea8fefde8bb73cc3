package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.Waking;
import dev.luma.core.Way;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that are kept, or made ahead of time, on the real engine, and what can become of them meanwhile. */
class KeptIT {

    private Bench bench;
    private Nights nights;

    @BeforeEach
    void open() throws IOException {
        bench = new Bench();
        nights = new Nights(bench);
    }

    @AfterEach
    void close() throws IOException {
        bench.close();
    }

    @Test
    void whatEndedWellIsStartedAgainInItsSandbox() {
        DockerRuntime runtime = bench.keeping(2);
        Project project = bench.project("counter", Nights.COUNTING);
        Wake first = bench.start(runtime, project);
        Endpoint endpoint = first.awaitEndpoint();
        Bench.awaitAnswer(endpoint);
        String id = bench.container(first.instanceId()).getId();
        Bench.sleep(runtime, first, project);
        assertEquals("exited", nights.byId(id).getState());
        Wake second = bench.start(runtime, project);
        assertEquals(endpoint, second.awaitEndpoint());
        Bench.awaitAnswer(endpoint);
        assertEquals(List.of(Way.KEPT), second.ways());
        assertFalse(second.phases().contains(WakePhase.CREATE));
        assertEquals(2, Nights.runs(endpoint));
        await().atMost(Bench.PATIENCE)
                .until(() -> nights.byId(id).getNames()[0].equals("/luma-" + second.instanceId()));
        Bench.stop(runtime, second);
        assertEquals(List.of(), bench.heard.ends());
        assertFalse(bench.exists(id));
    }

    @Test
    void itCanBeKeptAgainAndAgain() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("counter", Nights.COUNTING);
        for (int run = 1; run <= 4; run++) {
            Endpoint endpoint = nights.runOnce(runtime, project);
            assertEquals(List.of(), bench.heard.ends(), endpoint + " in run " + run);
        }
        Wake last = bench.awake(runtime, project);
        assertEquals(5, Nights.runs(last.awaitEndpoint()));
        Bench.stop(runtime, last);
    }

    @Test
    void itsEndIsToldWhenItRunsAgain() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("mortal", Nights.COUNTING);
        nights.runOnce(runtime, project);
        Wake second = bench.awake(runtime, project);
        await().atMost(Bench.PATIENCE).until(() -> second.phases().contains(WakePhase.READY));
        bench.docker.killContainerCmd(nights.onlyOne("mortal").getId()).exec();
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertEquals(second.instanceId(), bench.heard.ends().get(0).instanceId());
        assertEquals(137, bench.heard.ends().get(0).exit().code());
        Bench.stop(runtime, second);
    }

    @Test
    void whatHadToBeKilledIsNotKept() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("stubborn", "trap '' TERM; busybox httpd -f -p $PORT -h / & " + Bench.STUBBORN);
        Wake wake = bench.awake(runtime, project);
        Bench.join(runtime.sleep(wake.instanceId(), project, Duration.ofMillis(200)));
        assertEquals(List.of(), nights.ofProject("stubborn"));
    }

    @Test
    void theEndOfALaterRunIsToldWithItsOwnLastLines() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("silent", "[ -e /ran ] && exit 3; > /ran; echo first; " + Bench.SERVER);
        Wake first = bench.awake(runtime, project);
        // The engine's log is asked for from a second on.
        await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);
        Bench.sleep(runtime, first, project);
        Wake second = bench.start(runtime, project);
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertEquals(3, bench.heard.ends().get(0).exit().code());
        assertEquals(List.of(), bench.heard.ends().get(0).exit().lastLines());
        Bench.stop(runtime, second);
    }

    @Test
    void aProjectThatBecameEphemeralInItsSleepGetsANewContainer() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("reformed", Nights.COUNTING);
        nights.runOnce(runtime, project);
        Wake second = bench.awake(runtime, project.withWaking(Waking.USUAL.withEphemeral(true)));
        assertEquals(1, Nights.runs(second.awaitEndpoint()));
        Bench.stop(runtime, second);
    }

    @Test
    void whatIsForgottenWhileTheEngineIsAwayIsRemovedWhenItIsBack() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("away", Nights.COUNTING);
        nights.runOnce(runtime, project);
        bench.relay.cut();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        assertTrue(runtime.forget(project)
                .handle((gone, error) -> error != null)
                .toCompletableFuture()
                .join());
        bench.relay.restore();
        await().atMost(Bench.PATIENCE)
                .until(() -> nights.ofProject("away").isEmpty()
                        && bench.sandboxes().size() == 1
                        && runtime.sandboxesReady() == 1);
    }

    @Test
    void anEphemeralProjectGetsANewContainerEachTime() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("brief", Nights.COUNTING).withWaking(Waking.USUAL.withEphemeral(true));
        nights.runOnce(runtime, project);
        assertEquals(List.of(), nights.ofProject("brief"));
        runtime.makeAhead(project);
        nights.settle(runtime);
        Wake second = bench.awake(runtime, project);
        assertEquals(List.of(Way.AHEAD), second.ways());
        assertEquals(1, Nights.runs(second.awaitEndpoint()));
        Bench.stop(runtime, second);
    }

    @Test
    void otherSettingsGetAContainerOfTheirOwn() {
        DockerRuntime runtime = bench.keeping(1);
        Project before = bench.project("changing", Nights.COUNTING);
        nights.runOnce(runtime, before);
        String id = nights.onlyOne("changing").getId();
        Project after = bench.project("changing", "echo other; " + Nights.COUNTING);
        Wake second = bench.awake(runtime, after);
        assertNotEquals(List.of(Way.KEPT), second.ways());
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(id));
        Bench.sleep(runtime, second, before);
        assertEquals(List.of(), nights.ofProject("changing"), "kept for settings that are over");
    }

    @Test
    void anImageThatWasBuiltAnewIsSeenAtTheNextWake() throws IOException {
        String tag = "luma-it:built-" + bench.owner;
        bench.build(tag, page("one"));
        DockerRuntime runtime = bench.keeping(1);
        Project project = Bench.projectOf("built", tag, Map.of("RUN", Bench.SERVER));
        nights.runOnce(runtime, project);
        bench.build(tag, page("two"));
        Wake second = bench.awake(runtime, project);
        assertEquals("two", Bench.get(second.awaitEndpoint()).strip());
        Bench.stop(runtime, second);
    }

    private static String page(String text) {
        return "CMD [\"busybox\", \"sh\", \"-c\", \"echo " + text + " > /index.html; eval \\\"$RUN\\\"\"]";
    }

    @Test
    void oneThatSomebodyRemovedIsReplacedWithinTheWake() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("robbed", Nights.COUNTING);
        nights.runOnce(runtime, project);
        bench.remove(nights.onlyOne("robbed").getId());
        Wake second = bench.start(runtime, project);
        Bench.awaitAnswer(awaitRunning(second));
        Bench.stop(runtime, second);
    }

    @Test
    void oneWhoseSandboxDiesIsGivenUp() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("roofless", Nights.COUNTING);
        nights.runOnce(runtime, project);
        String id = nights.onlyOne("roofless").getId();
        String sandbox = sandboxOf(id);
        bench.docker.killContainerCmd(sandbox).exec();
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(id) && !bench.exists(sandbox));
        Wake second = bench.awake(runtime, project);
        assertNotEquals(List.of(Way.KEPT), second.ways());
        Bench.stop(runtime, second);
    }

    @Test
    void oneWhoseSandboxDiesInTheMomentOfTheStartIsReplacedWithinTheWake() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("unlucky", Nights.COUNTING);
        nights.runOnce(runtime, project);
        String sandbox = sandboxOf(nights.onlyOne("unlucky").getId());
        Consumer<WakePhase> saboteur = phase -> {
            if (phase == WakePhase.START && bench.exists(sandbox)) {
                bench.remove(sandbox);
            }
        };
        Wake second = bench.start(runtime, project, bench.newInstanceId(project), saboteur);
        Bench.awaitAnswer(awaitRunning(second));
        assertEquals(List.of(), bench.heard.ends());
        Bench.stop(runtime, second);
    }

    @Test
    void aStartThatIsGivenUpLeavesNothingOfWhatWasKept() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("given-up", Nights.COUNTING);
        nights.runOnce(runtime, project);
        String instance = bench.newInstanceId(project);
        Wake second = bench.start(runtime, project, instance, phase -> {
            if (phase == WakePhase.START) {
                stops.add(runtime.stop(instance, Duration.ZERO));
            }
        });
        await().atMost(Bench.PATIENCE).until(() -> !stops.isEmpty());
        Bench.join(stops.get(0));
        assertEquals(List.of(), nights.ofProject("given-up"));
        assertEquals(List.of(), second.failures());
    }

    private final List<CompletionStage<Void>> stops = new CopyOnWriteArrayList<>();

    @Test
    void aRoundLeavesAloneWhatIsKeptAndFindsWhatIsLost() {
        DockerRuntime runtime = looking(Duration.ofHours(1));
        Project kept = bench.project("kept", Nights.COUNTING);
        Project lost = bench.project("lost", Nights.COUNTING);
        runtime.makeAhead(kept);
        runtime.makeAhead(lost);
        nights.settle(runtime);
        String keptId = nights.onlyOne("kept").getId();
        String lostId = nights.onlyOne("lost").getId();
        String sandbox = sandboxOf(lostId);
        bench.remove(lostId);
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(sandbox));
        assertTrue(bench.exists(keptId));
        assertEquals(
                "1 of at most 2 containers of sleeping projects, for 1h each",
                runtime.findings().get(2).sentence());
    }

    @Test
    void whatHasBeenKeptForLongEnoughIsRemoved() {
        DockerRuntime runtime = looking(Duration.ofMillis(1));
        Project project = bench.project("old", Nights.COUNTING);
        nights.runOnce(runtime, project);
        await().atMost(Bench.PATIENCE).until(() -> nights.ofProject("old").isEmpty());
    }

    /** One that keeps two containers, and looks around all the time. */
    private DockerRuntime looking(Duration age) {
        DockerSettings settings = bench.settings(DockerSettings.Reach.AUTO);
        DockerSettings.Times usual = settings.times();
        DockerSettings.Times often = new DockerSettings.Times(
                usual.call(),
                usual.start(),
                usual.pull(),
                usual.firstGap(),
                usual.longestGap(),
                Duration.ofMillis(100));
        return bench.ready(settings.withSandboxes(1)
                .withKept(new DockerSettings.Keep(2, age))
                .withTimes(often));
    }

    @Test
    void leavingRemovesWhatIsKept() {
        DockerRuntime runtime = bench.keeping(2);
        nights.runOnce(runtime, bench.project("one", Nights.COUNTING));
        runtime.makeAhead(bench.project("two", Nights.COUNTING));
        bench.leave(runtime);
        assertEquals(List.of(), bench.containers(bench.owner));
        assertEquals(List.of(), bench.networks());
    }

    private String sandboxOf(String id) {
        String mode =
                bench.docker.inspectContainerCmd(id).exec().getHostConfig().getNetworkMode();
        return mode.substring("container:".length());
    }

    /** The last endpoint of a start that is over. */
    private static Endpoint awaitRunning(Wake wake) {
        await().atMost(Bench.PATIENCE)
                .until(() -> wake.phases().contains(WakePhase.READY)
                        || !wake.failures().isEmpty());
        assertEquals(List.of(), wake.failures());
        return wake.endpoints().get(wake.endpoints().size() - 1);
    }
}
