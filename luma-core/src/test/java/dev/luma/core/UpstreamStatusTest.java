package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ProjectStatus.InstanceStatus;
import dev.luma.core.ProjectStatus.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a project shows of itself, and what its listener hears. */
class UpstreamStatusTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private List<State> states() {
        return simulation.changes.stream().map(ProjectStatus::state).toList();
    }

    @Test
    void theListenerHearsEachStateInOrder() {
        simulation.runtime.takesTime(Duration.ofMillis(300), Duration.ofMillis(200));
        FakeRequest request = simulation.request();
        simulation.time.advance(Duration.ofMillis(300));
        request.finish();
        simulation.time.advanceSeconds(21);
        assertEquals(List.of(State.STARTING, State.RUNNING, State.STOPPING, State.STOPPED), states());
    }

    @Test
    void theListenerHearsOfSettingsAndFailures() {
        simulation.change(Samples.withHostname(simulation.upstream().project(), "store.localhost"));
        simulation.request();
        simulation.runtime.latest().failStart("no such image");
        assertEquals(List.of(State.IDLE, State.STARTING, State.FAILED), states());
        assertEquals("store.localhost", simulation.changes.get(0).project().hostname());
        assertEquals(
                "no such image",
                simulation.changes.get(2).lastFailure().orElseThrow().detail());
    }

    @Test
    void theListenerHearsNothingOfRequests() {
        simulation.warm();
        int before = simulation.changes.size();
        simulation.request().finish();
        simulation.request().finish();
        assertEquals(before, simulation.changes.size());
    }

    @Test
    void sinceIsTheMomentAtWhichTheStateWasEntered() {
        simulation.time.advanceSeconds(5);
        FakeRequest request = simulation.request();
        simulation.time.advanceSeconds(2);
        simulation.runtime.latest().becomeReady();
        request.finish();
        simulation.time.advanceSeconds(3);
        simulation.request().finish();
        assertEquals(
                SimulatedTime.START.plusSeconds(7),
                simulation.upstream().status().since());
    }

    @Test
    void anInstanceShowsWhereItIsAndHowItIsUsed() {
        FakeContainer container = simulation.warm();
        simulation.time.advanceSeconds(4);
        FakeRequest first = simulation.request();
        simulation.request();
        first.finish();
        simulation.time.advanceSeconds(3);
        InstanceStatus shown = simulation.upstream().status().instances().get(0);
        assertEquals(container.id, shown.id());
        assertEquals(container.endpoint, shown.endpoint());
        assertEquals(Way.PLAIN, shown.boot().way());
        assertEquals(SimulatedTime.START, shown.startedAt());
        assertEquals(1, shown.inFlight());
        assertEquals(SimulatedTime.START.plusSeconds(4), shown.lastUsed());
    }

    @Test
    void anInstanceOnItsWayOutIsShownUntilNothingIsLeftOfIt() {
        simulation.runtime.onStop = container -> {};
        FakeContainer old = simulation.warm();
        simulation.sleep();
        FakeContainer next = simulation.warm();
        assertEquals(
                List.of(old.id, next.id),
                simulation.upstream().status().instances().stream()
                        .map(InstanceStatus::id)
                        .sorted()
                        .toList());
        old.finishStop();
        assertEquals(1, simulation.upstream().status().instances().size());
    }

    @Test
    void everyStateHasTheWordThatUsersSee() {
        assertEquals(
                List.of("idle", "starting", "running", "paused", "stopping", "stopped", "failed"),
                List.of(State.values()).stream().map(State::word).toList());
    }
}
