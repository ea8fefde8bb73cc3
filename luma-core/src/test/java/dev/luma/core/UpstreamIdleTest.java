package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When an instance is put to sleep because nobody asked for it. */
class UpstreamIdleTest {

    private static final Duration INSTANT = Duration.ofNanos(1);

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private void assertSleepsAfter(Duration wait) {
        simulation.time.advance(wait.minus(INSTANT));
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        simulation.time.advance(INSTANT);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void anInstanceSleepsTwentySecondsAfterItsLastRequestToTheMoment() {
        simulation.warm();
        assertSleepsAfter(Duration.ofSeconds(20));
    }

    @Test
    void anInstanceThatServedNobodySleepsToo() {
        simulation.request().cancel();
        simulation.runtime.latest().becomeReady();
        assertSleepsAfter(Duration.ofSeconds(20));
    }

    @Test
    void eachRequestBeginsTheIdleTimeAnew() {
        simulation.warm();
        for (int i = 0; i < 10; i++) {
            simulation.time.advanceSeconds(19);
            simulation.request().finish();
        }
        assertEquals(1, simulation.runtime.starts());
        assertSleepsAfter(Duration.ofSeconds(20));
    }

    @Test
    void aLongAnswerKeepsTheInstanceAwake() {
        simulation.warm();
        FakeRequest stream = simulation.request();
        simulation.time.advance(Duration.ofHours(3).plusSeconds(7));
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        stream.finish();
        assertSleepsAfter(Duration.ofSeconds(20));
    }

    @Test
    void aRequestJustBeforeTheMomentIsServed() {
        simulation.warm();
        simulation.time.advance(Duration.ofSeconds(20).minus(INSTANT));
        FakeRequest request = simulation.request();
        simulation.time.advanceSeconds(1);
        assertTrue(request.isGranted());
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        request.finish();
        assertSleepsAfter(Duration.ofSeconds(20));
    }

    @Test
    void aProjectMayHaveAnIdleTimeOfItsOwn() {
        simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofMinutes(5)));
        simulation.warm();
        assertSleepsAfter(Duration.ofMinutes(5));
    }

    @Test
    void aLongerIdleTimeHoldsForTheInstanceThatRuns() {
        simulation.warm();
        simulation.time.advanceSeconds(15);
        simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofSeconds(60)));
        assertSleepsAfter(Duration.ofSeconds(45));
    }

    @Test
    void aShorterIdleTimeHoldsForTheInstanceThatRuns() {
        simulation.warm();
        simulation.time.advanceSeconds(4);
        simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofSeconds(5)));
        assertSleepsAfter(Duration.ofSeconds(1));
    }

    @Test
    void anIdleTimeThatIsOverAlreadyPutsTheInstanceToSleepAtOnce() {
        simulation.warm();
        simulation.time.advanceSeconds(10);
        simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofSeconds(5)));
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void aRequestDuringTheStopStartsANewInstanceAtOnce() {
        simulation.runtime.onStop = container -> {};
        FakeContainer first = simulation.warm();
        simulation.time.advanceSeconds(20);
        assertEquals(ProjectStatus.State.STOPPING, simulation.state());

        FakeRequest request = simulation.request();
        FakeContainer second = simulation.runtime.latest();
        assertNotEquals(first.id, second.id);
        second.becomeReady();
        assertTrue(request.isGranted());
        assertTrue(first.isLeft());

        first.finishStop();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertEquals(1, simulation.upstream().status().instances().size());
    }

    @Test
    void aProjectWakesAndSleepsAsOftenAsItMust() {
        simulation.runtime.takesTime(Duration.ofMillis(300), Duration.ofMillis(200));
        for (int i = 1; i <= 10; i++) {
            FakeRequest request = simulation.request();
            simulation.time.advance(Duration.ofMillis(300));
            request.finish();
            simulation.time.advance(Duration.ofSeconds(20).plusMillis(200));
            assertEquals(i, simulation.runtime.starts());
            simulation.assertAtRest();
        }
    }

    @Test
    void theTimerIsSetForTheMomentAndDoesNotPoll() {
        simulation.warm();
        assertEquals(1, simulation.time.pending());
        simulation.request().finish();
        assertEquals(1, simulation.time.pending());
    }
}
