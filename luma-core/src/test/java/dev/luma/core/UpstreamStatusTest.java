package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ProjectStatus.InstanceStatus;
import dev.luma.core.ProjectStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Sleeps, wakes, and takes so long for it. */
    private void boot(String imageId, Duration took) {
        boot(imageId, took, true);
    }

    /** @param early whether the engine says which image it is before the app answers */
    private void boot(String imageId, Duration took, boolean early) {
        FakeRequest request = simulation.request();
        FakeContainer container = simulation.runtime.latest();
        simulation.time.advance(took);
        if (early) {
            container.runs(imageId);
            container.becomeReady();
        } else {
            container.becomeReady();
            container.runs(imageId);
        }
        request.finish();
        simulation.sleep();
    }

    private Optional<SlowerBoot> slower() {
        return simulation.upstream().status().boots().slower();
    }

    @Test
    void showsThatANewImageBootsSlower() {
        Duration quick = Duration.ofMillis(300);
        Duration slow = Duration.ofMillis(900);
        for (int i = 0; i < 3; i++) {
            boot("a", quick);
        }
        simulation.change(Samples.withImage(simulation.upstream().project(), "nginx:1.28"));
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.empty(), slower());
            boot("b", slow);
        }
        assertEquals(Optional.of(new SlowerBoot(Way.PLAIN, slow, quick)), slower());
        assertEquals(
                1,
                IntStream.range(1, simulation.changes.size())
                        .filter(i -> simulation.changes.get(i).boots().wasSlower()
                                && !simulation.changes.get(i - 1).boots().wasSlower())
                        .count(),
                "the listener hears it once");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void showsThatTheSameNameMeansASlowerImage(boolean early) {
        for (int i = 0; i < 3; i++) {
            boot("a", Duration.ofMillis(300), early);
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(Optional.empty(), slower());
            boot("b", Duration.ofMillis(900), early);
        }
        assertTrue(slower().isPresent());
    }

    /** It may be slower by what it has to do now. */
    @Test
    void otherVariablesOfTheSameImageAreNotCompared() {
        for (int i = 0; i < 3; i++) {
            boot("a", Duration.ofMillis(300));
        }
        Project shop = simulation.upstream().project();
        simulation.change(
                Samples.withSource(shop, new Source.Container(shop.container().image(), 80, Map.of("MODE", "debug"))));
        for (int i = 0; i < 4; i++) {
            boot("a", Duration.ofMillis(900));
        }
        assertEquals(Optional.empty(), slower());
        assertEquals(4, simulation.upstream().status().boots().count(Way.PLAIN));
    }
}
