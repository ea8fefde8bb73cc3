package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartFailureException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several projects that want to start on one host, which starts two at once. */
class StartsAtOnceTest {

    @RegisterExtension
    final Registry registry = new Registry();

    private final FakeRuntime runtime = registry.runtime;
    private final List<Upstream> projects = new ArrayList<>();

    @BeforeEach
    void register() throws IOException {
        runtime.startsAtOnce = 2;
        for (String name : List.of("a", "b", "c", "d")) {
            projects.add(register(name));
        }
    }

    private Upstream register(String name) throws IOException {
        return ((Projects.Change.Done) registry.projects.register(Samples.draft(name, name + ".localhost"))).upstream();
    }

    private List<FakeWait> wakeAll() {
        return projects.stream().map(registry::request).toList();
    }

    private List<String> started() {
        return runtime.containers().stream()
                .map(container -> container.project.name())
                .toList();
    }

    private FakeContainer container(int number) {
        return runtime.containers().get(number);
    }

    private List<Integer> places() {
        return projects.stream()
                .map(project -> project.status().placeInLine().orElse(0))
                .toList();
    }

    @Test
    void waitForTheirTurnInTheOrderInWhichTheyWereAskedFor() {
        wakeAll();
        registry.request(projects.get(3));
        registry.request(projects.get(3));
        assertEquals(List.of("a", "b"), started());
        assertEquals(List.of(0, 0, 1, 2), places());
        assertEquals(ProjectStatus.State.STARTING, projects.get(3).status().state());
        container(1).address();
        assertEquals(List.of("a", "b", "c"), started());
        assertEquals(List.of(0, 0, 0, 1), places());
        container(0).becomeReady();
        assertEquals(List.of("a", "b", "c", "d"), started());
        assertEquals(List.of(0, 0, 0, 0), places());
    }

    /** The engine has done its part; an app that never answers keeps nobody else from starting. */
    @Test
    void makeRoomAsSoonAsTheirContainerRuns() {
        wakeAll();
        container(0).address();
        container(1).address();
        assertEquals(4, runtime.starts());
    }

    @Test
    void makeRoomWhenTheyFail() {
        wakeAll();
        container(0).failStart("no");
        assertEquals(List.of("a", "b", "c"), started());
    }

    @Test
    void makeRoomWhenTheirContainerEndsAtOnce() {
        wakeAll();
        container(0).exit(1);
        assertEquals(List.of("a", "b", "c"), started());
    }

    @Test
    void makeRoomWhenTheyArePutToSleep() {
        wakeAll();
        projects.get(0).sleep();
        // What waits for it wakes it again at once, but behind the others.
        assertEquals(List.of("a", "b", "c"), started());
        assertEquals(List.of(2, 0, 0, 1), places());
    }

    @Test
    void makeRoomWhenTheyAreForgotten() throws IOException {
        wakeAll();
        registry.projects.remove("a");
        assertEquals(List.of("a", "b", "c"), started());
        registry.projects.remove("d");
        container(1).address();
        assertEquals(3, runtime.starts());
    }

    @Test
    void makeRoomWhenTheirSettingsChange() throws IOException {
        wakeAll();
        registry.projects.change("a", before -> Samples.withImage(before, "nginx:1.28"));
        assertEquals(List.of("a", "b", "c"), started());
        assertEquals(List.of(2, 0, 0, 1), places());
    }

    @Test
    void leaveTheLineWhenNobodyWaitsForThemAnyMore() {
        List<FakeWait> waits = wakeAll();
        waits.get(2).waiter.cancel();
        assertEquals(ProjectStatus.State.STOPPED, projects.get(2).status().state());
        assertEquals(List.of(0, 0, 0, 1), places());
        container(0).address();
        assertEquals(List.of("a", "b", "d"), started());
    }

    @Test
    void stayInLineForTheOneWhoStillWaits() {
        List<FakeWait> waits = wakeAll();
        registry.request(projects.get(2));
        waits.get(2).waiter.cancel();
        container(0).address();
        assertEquals(List.of("a", "b", "c"), started());
    }

    @Test
    void goOnWithAStartThatHasBegunThoughNobodyWaits() {
        List<FakeWait> waits = wakeAll();
        waits.get(0).waiter.cancel();
        assertEquals(List.of("a", "b"), started());
        container(0).becomeReady();
        assertEquals(ProjectStatus.State.RUNNING, projects.get(0).status().state());
    }

    @Test
    void stayInLineWithoutARequestIfTheyWereWokenWithoutOne() {
        registry.request(projects.get(0));
        registry.request(projects.get(1));
        projects.get(2).wake();
        assertEquals(List.of(0, 0, 1, 0), places());
        container(0).address();
        assertEquals(List.of("a", "b", "c"), started());
    }

    @Test
    void sayHowManyStartBeforeThem() {
        List<FakeWait> waits = wakeAll();
        registry.time.advanceSeconds(60);
        String begin = " did not become ready within 1m; ";
        assertEquals(
                "c" + begin + "it is the next to start", waits.get(2).refusal.detail());
        assertEquals(
                "d" + begin + "it is the next to start", waits.get(3).refusal.detail());
        registry.request(projects.get(3));
        registry.request(projects.get(2));
        FakeWait third = registry.request(registerNow("e"));
        FakeWait second = registry.request(projects.get(2));
        registry.time.advanceSeconds(59);
        registry.request(projects.get(3));
        registry.request(projects.get(2));
        registry.time.advanceSeconds(1);
        assertEquals("c" + begin + "1 other project starts before it", second.refusal.detail());
        assertEquals("e" + begin + "2 other projects start before it", third.refusal.detail());
    }

    private Upstream registerNow(String name) {
        try {
            return register(name);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** A slow pull is no start. */
    @Test
    void takeTheirPlaceWhenTheirImageIsThere() {
        CompletableFuture<Void> pull = new CompletableFuture<>();
        runtime.prepared = pull;
        FakeWait slow = registry.request(projects.get(0));
        runtime.prepared = CompletableFuture.completedFuture(null);
        for (Upstream project : projects.subList(1, 4)) {
            registry.request(project);
        }
        assertEquals(List.of("b", "c"), started());
        assertEquals(List.of(0, 0, 0, 1), places());
        assertEquals(ProjectStatus.State.STARTING, projects.get(0).status().state());
        pull.complete(null);
        assertEquals(List.of(2, 0, 0, 1), places());
        runtime.onStart = FakeContainer::becomeReady;
        container(0).becomeReady();
        assertTrue(slow.isGranted());
    }

    @Test
    void takeNoPlaceWhenTheirImageCannotBeGot() {
        StartFailure missing = new StartFailure(Refusal.Reason.START_FAILED, "no such image", List.of());
        runtime.prepared = CompletableFuture.failedFuture(new StartFailureException(missing));
        FakeWait wait = registry.request(projects.get(0));
        assertEquals("no such image", wait.refusal.detail());
        assertEquals(ProjectStatus.State.FAILED, projects.get(0).status().state());
        assertEquals(Optional.of(missing), projects.get(0).status().lastFailure());
        runtime.prepared = CompletableFuture.failedFuture(new IllegalStateException("a bug"));
        wait = registry.request(projects.get(1));
        assertEquals("the image of b could not be got; Luma's log says why", wait.refusal.detail());
        assertEquals(0, runtime.starts());
    }

    @Test
    void doNotWaitForWhatLumaDoesNotRun() throws IOException {
        for (String name : List.of("x", "y", "z")) {
            registry.projects.register(
                    Project.draft(name, name + ".localhost", new Source.External("nas.lan", 80), Optional.empty()));
        }
        assertEquals(List.of("x", "y", "z"), started());
        wakeAll();
        assertEquals(List.of("x", "y", "z", "a", "b"), started());
    }

    @Test
    void areRefusedInLineWhenLumaStops() {
        List<FakeWait> waits = wakeAll();
        registry.projects.close(Duration.ofSeconds(1));
        assertTrue(waits.stream().allMatch(wait -> wait.refusal.reason() == Refusal.Reason.SHUTTING_DOWN));
        assertEquals(List.of(), runtime.left());
        assertEquals(2, runtime.starts());
        assertNull(waits.get(0).lease);
        assertEquals(OptionalInt.empty(), projects.get(3).status().placeInLine());
    }

    @Test
    void areAsManyAsTheSettingsSay() throws IOException {
        Registry three =
                new Registry(Samples.limits(3, Limits.DEFAULTS.memoryReserve(), Limits.DEFAULTS.prewarmMemory()));
        for (int i = 0; i < 5; i++) {
            Projects.Change.Done done =
                    (Projects.Change.Done) three.projects.register(Samples.draft("p" + i, "p" + i + ".localhost"));
            three.request(done.upstream());
        }
        assertEquals(3, three.runtime.starts());
        assertEquals(List.of(), three.runtime.violations());
    }
}
