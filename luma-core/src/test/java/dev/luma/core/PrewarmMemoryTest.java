package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ProjectStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Several projects of one host, all asked for every five minutes, that want to be woken ahead. */
class PrewarmMemoryTest {

    private static final int PERIOD = 300;
    private static final int WAKE = 299;

    private static Registry with(long memory) {
        return new Registry(Samples.limits(Limits.DEFAULTS.startsAtOnce(), Limits.DEFAULTS.memoryReserve(), memory));
    }

    /** So many projects whose rhythm is known, all of which have just been asked for. */
    private static List<Upstream> learnt(Registry registry, int count) throws IOException {
        return learnt(registry, "p", count);
    }

    private static List<Upstream> learnt(Registry registry, String names, int count) throws IOException {
        registry.runtime.onStart = FakeContainer::becomeReady;
        List<Upstream> projects = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Project draft = Samples.draft(names + i, names + i + ".localhost");
            projects.add(register(registry, draft.withWaking(draft.waking().withPrewarm(true))));
        }
        visit(registry, projects);
        for (int i = 0; i < Rhythm.ENOUGH; i++) {
            registry.time.advanceSeconds(PERIOD);
            visit(registry, projects);
        }
        return projects;
    }

    private static Upstream register(Registry registry, Project draft) throws IOException {
        return ((Projects.Change.Done) registry.projects.register(draft)).upstream();
    }

    private static void visit(Registry registry, List<Upstream> projects) {
        projects.forEach(project -> registry.request(project).lease.release());
    }

    private static List<State> states(List<Upstream> projects) {
        return projects.stream().map(project -> project.status().state()).toList();
    }

    @Test
    void isNeverExceededByThoseThatAreAwakeForNobodyYet() throws IOException {
        Registry registry = with(2 * PrewarmBudget.EACH + 1);
        List<Upstream> projects = learnt(registry, 4);
        registry.time.advanceSeconds(WAKE);
        assertEquals(List.of(State.RUNNING, State.RUNNING, State.STOPPED, State.STOPPED), states(projects));
        registry.time.advanceSeconds(PERIOD);
        assertEquals(List.of(State.STOPPED, State.STOPPED, State.STOPPED, State.STOPPED), states(projects));
        visit(registry, projects);
        registry.time.advanceSeconds(WAKE);
        assertEquals(List.of(State.RUNNING, State.RUNNING, State.STOPPED, State.STOPPED), states(projects));
        registry.afterEach(null);
    }

    @Test
    void isFreeAgainAsSoonAsSomebodyCame() throws IOException {
        assertEquals(State.RUNNING, secondOfTwo(true));
        assertEquals(State.STOPPED, secondOfTwo(false));
    }

    /** Of two that are expected half a second apart, where there is memory for one. */
    private static State secondOfTwo(boolean firstIsAskedForBefore) throws IOException {
        Registry registry = with(PrewarmBudget.EACH);
        List<Upstream> first = learnt(registry, "a", 1);
        List<Upstream> second = learnt(registry, "b", 1);
        visit(registry, first);
        registry.time.advance(Duration.ofMillis(500));
        visit(registry, second);
        registry.time.advance(Duration.ofSeconds(WAKE).minusMillis(300));
        if (firstIsAskedForBefore) {
            visit(registry, first);
        }
        registry.time.advance(Duration.ofMillis(300));
        return second.get(0).status().state();
    }

    @Test
    void isNothingThatARequestHasToWaitFor() throws IOException {
        Registry registry = with(PrewarmBudget.EACH);
        List<Upstream> projects = learnt(registry, 3);
        registry.time.advanceSeconds(WAKE);
        assertEquals(List.of(State.RUNNING, State.STOPPED, State.STOPPED), states(projects));
        visit(registry, projects);
        assertEquals(List.of(State.RUNNING, State.RUNNING, State.RUNNING), states(projects));
        registry.afterEach(null);
    }

    @Test
    void turnsItOffOnAHostThatHasNone() throws IOException {
        Registry registry = with(0);
        List<Upstream> projects = learnt(registry, 1);
        assertEquals(Optional.empty(), projects.get(0).status().prewarms());
        registry.time.advanceSeconds(20);
        assertEquals(0, registry.time.pending());
    }

    @Test
    void isTakenWhileTheProjectStandsInLineBehindThoseWhoAreAskedFor() throws IOException {
        Registry registry = with(PrewarmBudget.EACH);
        Upstream project = learnt(registry, 1).get(0);
        Upstream starting = register(registry, Samples.draft("b", "b.localhost"));
        Upstream next = register(registry, Samples.draft("c", "c.localhost"));
        registry.time.advanceSeconds(WAKE - 1);
        registry.runtime.startsAtOnce = 1;
        registry.runtime.onStart = container -> {};
        registry.request(starting);
        FakeWait asked = registry.request(next);
        registry.time.advanceSeconds(1);
        assertEquals(OptionalInt.of(1), next.status().placeInLine());
        assertEquals(OptionalInt.of(2), project.status().placeInLine());
        registry.runtime.latest().becomeReady();
        assertEquals(OptionalInt.of(1), project.status().placeInLine());
        registry.runtime.latest().becomeReady();
        assertTrue(asked.isGranted());
        registry.runtime.latest().becomeReady();
        assertEquals(State.RUNNING, project.status().state());
        registry.afterEach(null);
    }

    @Test
    void leavesTheLineWhenItIsSwitchedOff() throws IOException {
        Registry registry = with(PrewarmBudget.EACH);
        Upstream project = learnt(registry, 1).get(0);
        Upstream other = register(registry, Samples.draft("b", "b.localhost"));
        registry.time.advanceSeconds(WAKE - 1);
        registry.runtime.startsAtOnce = 1;
        registry.runtime.onStart = container -> {};
        registry.request(other);
        registry.time.advanceSeconds(1);
        assertEquals(OptionalInt.of(1), project.status().placeInLine());
        registry.projects.change(
                "p0", before -> before.withWaking(before.waking().withPrewarm(false)));
        assertEquals(State.STOPPED, project.status().state());
        int starts = registry.runtime.starts();
        registry.runtime.latest().becomeReady();
        assertEquals(starts, registry.runtime.starts());
        registry.afterEach(null);
    }

    /** It would cost those who are paused their place, for somebody who is only expected. */
    @Test
    void isNotTakenWhileTheMachineIsShortOfIt() throws IOException {
        assertEquals(State.STOPPED, wokenWith(256));
        assertEquals(State.RUNNING, wokenWith(4096));
    }

    private static State wokenWith(long mebibytes) throws IOException {
        Registry registry = with(PrewarmBudget.EACH);
        Upstream project = learnt(registry, 1).get(0);
        registry.memory = Optional.of(new HostMemory.Reading(8L << 30, mebibytes << 20, OptionalDouble.empty()));
        registry.time.advanceSeconds(WAKE);
        return project.status().state();
    }
}
