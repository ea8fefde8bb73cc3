package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept of a project that sleeps, so that its next start is quick. */
class UpstreamKeptTest {

    private static final int IDLE = 20;

    @RegisterExtension
    final Simulation simulation = new Simulation();

    @Test
    void anIdleInstanceIsPutToSleepAndTheNextStartIsMadeReadyWhenItHasEnded() {
        FakeContainer container = simulation.warm();
        simulation.runtime.onStop = stopping -> {};
        simulation.time.advanceSeconds(IDLE);
        assertTrue(container.slept);
        assertEquals(List.of(), simulation.runtime.madeAhead());
        container.finishStop();
        assertEquals(List.of(Samples.shop()), simulation.runtime.madeAhead());
    }

    @Test
    void aStopByHandLetsRequestsFinishAndThenPutsItToSleep() {
        FakeContainer container = simulation.warm();
        FakeRequest last = simulation.request();
        simulation.sleep();
        assertFalse(container.slept);
        last.finish();
        assertTrue(container.slept);
    }

    @Test
    void whatDiesIsNotPutToSleep() {
        FakeContainer container = simulation.warm();
        container.exit(1);
        assertFalse(container.slept);
        simulation.assertAtRest();
    }

    @Test
    void otherSettingsAreMadeReadyWhenTheInstanceOfTheOldOnesIsGone() {
        FakeContainer container = simulation.warm();
        FakeRequest last = simulation.request();
        Project changed = Samples.withImage(Samples.shop(), "nginx:1.28");
        simulation.change(changed);
        assertEquals(List.of(), simulation.runtime.madeAhead());
        last.finish();
        assertFalse(container.slept);
        assertEquals(List.of(changed), simulation.runtime.madeAhead());
    }

    @Test
    void nothingIsMadeReadyForAProjectThatIsAskedForWhileItFallsAsleep() {
        FakeContainer container = simulation.warm();
        simulation.runtime.onStop = stopping -> {};
        simulation.time.advanceSeconds(IDLE);
        FakeRequest request = simulation.request();
        container.finishStop();
        assertEquals(List.of(), simulation.runtime.madeAhead());
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void theEndOfLumaKeepsNothing() {
        FakeContainer container = simulation.warm();
        simulation.close();
        assertFalse(container.slept);
        assertEquals(List.of(), simulation.runtime.madeAhead());
    }

    @Test
    void oneThatRanBeforeAndDoesNotStartAgainIsReplacedWithinTheWake() {
        simulation.runtime.onStart = container -> container.way = Way.KEPT;
        FakeRequest request = simulation.request();
        FakeContainer kept = simulation.runtime.latest();
        kept.address();
        kept.exit(1);
        assertTrue(request.isWaiting());
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
        FakeContainer fresh = simulation.runtime.latest();
        assertEquals(2, simulation.runtime.starts());
        fresh.way = Way.SANDBOX;
        fresh.address();
        fresh.exit(1);
        assertEquals(Refusal.Reason.START_FAILED, request.refusal().reason());
    }

    @Test
    void aContainerThatWasOnlyMadeAheadIsBlamedLikeAnyOther() {
        simulation.runtime.onStart = container -> container.way = Way.AHEAD;
        FakeRequest request = simulation.request();
        simulation.runtime.latest().address();
        simulation.runtime.latest().exit(1);
        assertEquals(Refusal.Reason.START_FAILED, request.refusal().reason());
    }

    @Test
    void aLongPauseEndsInSleep() {
        simulation.change(Samples.withSleep(Samples.shop(), Waking.Sleep.PAUSE));
        FakeContainer container = simulation.warm();
        simulation.time.advance(Duration.ofHours(2));
        assertTrue(container.slept);
    }
}
