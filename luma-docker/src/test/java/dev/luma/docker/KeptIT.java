package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
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

    /** Says how often the container has run, from a file that it leaves behind. */
    private static final String COUNTING = "echo run >> /runs; busybox cp /runs /index.html; " + Bench.SERVER;

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
    void whatEndedWellIsStartedAgainInItsSandbox() {
        DockerRuntime runtime = bench.keeping(2);
        Project project = bench.project("counter", COUNTING);
        Wake first = bench.start(runtime, project);
        Endpoint endpoint = first.awaitEndpoint();
        Bench.awaitAnswer(endpoint);
        String id = bench.container(first.instanceId()).getId();
        sleep(runtime, first, project);
        assertEquals("exited", byId(id).getState());
        Wake second = bench.start(runtime, project);
        assertEquals(endpoint, second.awaitEndpoint());
        Bench.awaitAnswer(endpoint);
        assertEquals(List.of(Way.KEPT), second.ways());
        assertFalse(second.phases().contains(WakePhase.CREATE));
        assertEquals(2, runs(endpoint));
        await().atMost(Bench.PATIENCE).until(() -> byId(id).getNames()[0].equals("/luma-" + second.instanceId()));
        stop(runtime, second);
        assertEquals(List.of(), bench.heard.ends());
        assertFalse(bench.exists(id));
    }

    @Test
    void itCanBeKeptAgainAndAgain() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("counter", COUNTING);
        for (int run = 1; run <= 4; run++) {
            Endpoint endpoint = runOnce(runtime, project);
            assertEquals(List.of(), bench.heard.ends(), endpoint + " in run " + run);
        }
        Wake last = bench.start(runtime, project);
        Bench.awaitAnswer(last.awaitEndpoint());
        assertEquals(5, runs(last.awaitEndpoint()));
        stop(runtime, last);
    }

    @Test
    void itsEndIsToldWhenItRunsAgain() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("mortal", COUNTING);
        runOnce(runtime, project);
        Wake second = bench.start(runtime, project);
        Bench.awaitAnswer(second.awaitEndpoint());
        await().atMost(Bench.PATIENCE).until(() -> second.phases().contains(WakePhase.READY));
        bench.docker.killContainerCmd(onlyOne("mortal").getId()).exec();
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertEquals(second.instanceId(), bench.heard.ends().get(0).instanceId());
        assertEquals(137, bench.heard.ends().get(0).exit().code());
        stop(runtime, second);
    }

    @Test
    void whatHadToBeKilledIsNotKept() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("stubborn", "trap '' TERM; busybox httpd -f -p $PORT -h / & " + Bench.STUBBORN);
        Wake wake = bench.start(runtime, project);
        Bench.awaitAnswer(wake.awaitEndpoint());
        join(runtime.sleep(wake.instanceId(), project, Duration.ofMillis(200)));
        assertEquals(List.of(), ofProject("stubborn"));
    }

    @Test
    void theEndOfALaterRunIsToldWithItsOwnLastLines() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("silent", "[ -e /ran ] && exit 3; > /ran; echo first; " + Bench.SERVER);
        Wake first = bench.start(runtime, project);
        Bench.awaitAnswer(first.awaitEndpoint());
        // The engine's log is asked for from a second on.
        await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);
        sleep(runtime, first, project);
        Wake second = bench.start(runtime, project);
        await().atMost(Bench.PATIENCE).until(() -> !bench.heard.ends().isEmpty());
        assertEquals(3, bench.heard.ends().get(0).exit().code());
        assertEquals(List.of(), bench.heard.ends().get(0).exit().lastLines());
        stop(runtime, second);
    }

    @Test
    void aProjectThatBecameEphemeralInItsSleepGetsANewContainer() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("reformed", COUNTING);
        runOnce(runtime, project);
        Wake second = bench.start(runtime, project.withWaking(Waking.USUAL.withEphemeral(true)));
        Bench.awaitAnswer(second.awaitEndpoint());
        assertEquals(1, runs(second.awaitEndpoint()));
        stop(runtime, second);
    }

    @Test
    void whatIsForgottenWhileTheEngineIsAwayIsRemovedWhenItIsBack() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("away", COUNTING);
        runOnce(runtime, project);
        bench.relay.cut();
        await().atMost(Bench.PATIENCE).until(() -> !runtime.status().available());
        assertTrue(runtime.forget(project)
                .handle((gone, error) -> error != null)
                .toCompletableFuture()
                .join());
        bench.relay.restore();
        await().atMost(Bench.PATIENCE)
                .until(() ->
                        ofProject("away").isEmpty() && bench.sandboxes().size() == 1 && runtime.sandboxesReady() == 1);
    }

    @Test
    void anEphemeralProjectGetsANewContainerEachTime() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("brief", COUNTING).withWaking(Waking.USUAL.withEphemeral(true));
        runOnce(runtime, project);
        assertEquals(List.of(), ofProject("brief"));
        runtime.makeAhead(project);
        settle(runtime);
        Wake second = bench.start(runtime, project);
        Bench.awaitAnswer(second.awaitEndpoint());
        assertEquals(List.of(Way.AHEAD), second.ways());
        assertEquals(1, runs(second.awaitEndpoint()));
        stop(runtime, second);
    }

    @Test
    void otherSettingsGetAContainerOfTheirOwn() {
        DockerRuntime runtime = bench.keeping(1);
        Project before = bench.project("changing", COUNTING);
        runOnce(runtime, before);
        String id = onlyOne("changing").getId();
        Project after = bench.project("changing", "echo other; " + COUNTING);
        Wake second = bench.start(runtime, after);
        Bench.awaitAnswer(second.awaitEndpoint());
        assertNotEquals(List.of(Way.KEPT), second.ways());
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(id));
        sleep(runtime, second, before);
        assertEquals(List.of(), ofProject("changing"), "kept for settings that are over");
    }

    @Test
    void anImageThatWasBuiltAnewIsSeenAtTheNextWake() throws IOException {
        String tag = "luma-it:built-" + bench.owner;
        bench.build(tag, page("one"));
        DockerRuntime runtime = bench.keeping(1);
        Project project = Bench.projectOf("built", tag, Map.of("RUN", Bench.SERVER));
        runOnce(runtime, project);
        bench.build(tag, page("two"));
        Wake second = bench.start(runtime, project);
        Bench.awaitAnswer(second.awaitEndpoint());
        assertEquals("two", Bench.get(second.awaitEndpoint()).strip());
        stop(runtime, second);
    }

    private static String page(String text) {
        return "CMD [\"busybox\", \"sh\", \"-c\", \"echo " + text + " > /index.html; eval \\\"$RUN\\\"\"]";
    }

    @Test
    void oneThatSomebodyRemovedIsReplacedWithinTheWake() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("robbed", COUNTING);
        runOnce(runtime, project);
        bench.remove(onlyOne("robbed").getId());
        Wake second = bench.start(runtime, project);
        Bench.awaitAnswer(awaitRunning(second));
        stop(runtime, second);
    }

    @Test
    void oneWhoseSandboxDiesIsGivenUp() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("roofless", COUNTING);
        runOnce(runtime, project);
        String id = onlyOne("roofless").getId();
        String sandbox = sandboxOf(id);
        bench.docker.killContainerCmd(sandbox).exec();
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(id) && !bench.exists(sandbox));
        Wake second = bench.start(runtime, project);
        Bench.awaitAnswer(second.awaitEndpoint());
        assertNotEquals(List.of(Way.KEPT), second.ways());
        stop(runtime, second);
    }

    @Test
    void oneWhoseSandboxDiesInTheMomentOfTheStartIsReplacedWithinTheWake() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("unlucky", COUNTING);
        runOnce(runtime, project);
        String sandbox = sandboxOf(onlyOne("unlucky").getId());
        Consumer<WakePhase> saboteur = phase -> {
            if (phase == WakePhase.START && bench.exists(sandbox)) {
                bench.remove(sandbox);
            }
        };
        Wake second = bench.start(runtime, project, bench.newInstanceId(project), saboteur);
        Bench.awaitAnswer(awaitRunning(second));
        assertEquals(List.of(), bench.heard.ends());
        stop(runtime, second);
    }

    @Test
    void aStartThatIsGivenUpLeavesNothingOfWhatWasKept() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("given-up", COUNTING);
        runOnce(runtime, project);
        String instance = bench.newInstanceId(project);
        Wake second = bench.start(runtime, project, instance, phase -> {
            if (phase == WakePhase.START) {
                stops.add(runtime.stop(instance, Duration.ZERO));
            }
        });
        await().atMost(Bench.PATIENCE).until(() -> !stops.isEmpty());
        join(stops.get(0));
        assertEquals(List.of(), ofProject("given-up"));
        assertEquals(List.of(), second.failures());
    }

    private final List<CompletionStage<Void>> stops = new CopyOnWriteArrayList<>();

    @Test
    void oneIsMadeAheadOfTheFirstWake() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("expected", COUNTING);
        runtime.makeAhead(project);
        settle(runtime);
        String id = onlyOne("expected").getId();
        assertEquals("created", byId(id).getState());
        Wake wake = bench.start(runtime, project);
        Bench.awaitAnswer(wake.awaitEndpoint());
        assertEquals(List.of(Way.AHEAD), wake.ways());
        assertEquals("running", byId(id).getState());
        sleep(runtime, wake, project);
        runtime.makeAhead(project);
        settle(runtime);
        assertEquals(id, onlyOne("expected").getId());
        assertEquals("exited", byId(id).getState());
    }

    @Test
    void noMoreAreMadeAheadThanThereIsRoomForAndTheLongestUnusedGoesFirst() {
        DockerRuntime runtime = bench.keeping(1);
        Project one = bench.project("one", COUNTING);
        Project two = bench.project("two", COUNTING);
        runtime.makeAhead(one);
        runtime.makeAhead(two);
        settle(runtime);
        assertEquals(1, ofProject("one").size());
        assertEquals(0, ofProject("two").size());
        runOnce(runtime, two);
        await().atMost(Bench.PATIENCE).until(() -> ofProject("one").isEmpty());
        assertEquals(1, ofProject("two").size());
    }

    @Test
    void aProjectThatIsAwakeNeedsNone() {
        DockerRuntime runtime = bench.keeping(2);
        Project project = bench.project("awake", COUNTING);
        Wake wake = bench.start(runtime, project);
        runtime.makeAhead(project);
        settle(runtime);
        wake.awaitEndpoint();
        assertEquals(1, ofProject("awake").size());
        stop(runtime, wake);
    }

    @Test
    void newSettingsReplaceWhatWasMadeAhead() {
        DockerRuntime runtime = bench.keeping(1);
        runtime.makeAhead(bench.project("changing", COUNTING));
        settle(runtime);
        String before = onlyOne("changing").getId();
        Project after = bench.project("changing", "echo other; " + COUNTING);
        runtime.makeAhead(after);
        settle(runtime);
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(before));
        Wake wake = bench.start(runtime, after);
        Bench.awaitAnswer(wake.awaitEndpoint());
        assertEquals(List.of(Way.AHEAD), wake.ways());
        stop(runtime, wake);
    }

    @Test
    void nothingIsLeftOfAProjectThatIsForgotten() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("leaving", COUNTING);
        runtime.makeAhead(project);
        join(runtime.forget(project));
        assertEquals(List.of(), ofProject("leaving"));
        assertEquals(1, bench.sandboxes().size(), "sandboxes");
    }

    @Test
    void aRoundLeavesAloneWhatIsKeptAndFindsWhatIsLost() {
        DockerRuntime runtime = looking(Duration.ofHours(1));
        Project kept = bench.project("kept", COUNTING);
        Project lost = bench.project("lost", COUNTING);
        runtime.makeAhead(kept);
        runtime.makeAhead(lost);
        settle(runtime);
        String keptId = onlyOne("kept").getId();
        String lostId = onlyOne("lost").getId();
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
        Project project = bench.project("old", COUNTING);
        runOnce(runtime, project);
        await().atMost(Bench.PATIENCE).until(() -> ofProject("old").isEmpty());
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
    void whatAnEarlierRunKeptIsRemoved() {
        DockerRuntime earlier = bench.keeping(1);
        earlier.makeAhead(bench.project("old", COUNTING));
        settle(earlier);
        assertEquals(1, ofProject("old").size());
        earlier.close();
        bench.runtime();
        bench.awaitNothingLeft();
    }

    @Test
    void leavingRemovesWhatIsKept() {
        DockerRuntime runtime = bench.keeping(2);
        runOnce(runtime, bench.project("one", COUNTING));
        runtime.makeAhead(bench.project("two", COUNTING));
        bench.leave(runtime);
        assertEquals(List.of(), bench.containers(bench.owner));
        assertEquals(List.of(), bench.networks());
    }

    /** From a start until it sleeps. */
    private Endpoint runOnce(DockerRuntime runtime, Project project) {
        Wake wake = bench.start(runtime, project);
        Endpoint endpoint = wake.awaitEndpoint();
        Bench.awaitAnswer(endpoint);
        sleep(runtime, wake, project);
        return endpoint;
    }

    /** Everything that was to be made ahead has been looked at. */
    private void settle(DockerRuntime runtime) {
        join(runtime.forget(bench.project("nobody", COUNTING)));
    }

    private List<Container> ofProject(String name) {
        return bench.containers(bench.owner).stream()
                .filter(found -> name.equals(found.getLabels().get(Labels.PROJECT)))
                .toList();
    }

    private Container onlyOne(String project) {
        List<Container> found = ofProject(project);
        assertEquals(1, found.size(), project);
        return found.get(0);
    }

    private Container byId(String id) {
        return bench.containers(bench.owner).stream()
                .filter(found -> found.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the container " + id + " is gone"));
    }

    private String sandboxOf(String id) {
        String mode =
                bench.docker.inspectContainerCmd(id).exec().getHostConfig().getNetworkMode();
        return mode.substring("container:".length());
    }

    private static long runs(Endpoint endpoint) {
        return Bench.get(endpoint).lines().count();
    }

    /** The last endpoint of a start that is over. */
    private static Endpoint awaitRunning(Wake wake) {
        await().atMost(Bench.PATIENCE)
                .until(() -> wake.phases().contains(WakePhase.READY)
                        || !wake.failures().isEmpty());
        assertEquals(List.of(), wake.failures());
        return wake.endpoints().get(wake.endpoints().size() - 1);
    }

    private static void sleep(DockerRuntime runtime, Wake wake, Project now) {
        join(runtime.sleep(wake.instanceId(), now, Duration.ofSeconds(10)));
    }

    private static void stop(DockerRuntime runtime, Wake wake) {
        join(runtime.stop(wake.instanceId(), Duration.ofSeconds(10)));
    }

    private static void join(CompletionStage<Void> stage) {
        stage.toCompletableFuture().join();
    }
}
