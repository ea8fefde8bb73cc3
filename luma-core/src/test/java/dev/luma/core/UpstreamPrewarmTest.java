package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ProjectStatus.State;
import dev.luma.core.Waking.Sleep;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A project that is asked for every five minutes, and wants to be woken ahead. */
class UpstreamPrewarmTest {

    private static final int PERIOD = 300;
    /** A second before the request, since starts take no time here. */
    private static final int WAKE = 299;

    private static final int GIVE_UP = 301;

    @RegisterExtension
    final Simulation simulation = new Simulation();

    @BeforeEach
    void prewarms() {
        simulation.change(Samples.withPrewarm(Samples.shop(), true));
        simulation.runtime.onStart = FakeContainer::becomeReady;
    }

    private void visit() {
        FakeRequest request = simulation.request();
        assertTrue(request.isGranted());
        request.finish();
    }

    /** So many idle times of a period each have passed, and the project has just been asked for. */
    private void learn(int times) {
        visit();
        for (int i = 0; i < times; i++) {
            advance(PERIOD);
            visit();
        }
    }

    /** Enough to know when the next request comes. */
    private void learn() {
        learn(Rhythm.ENOUGH);
        assertEquals(new Prewarms(0, 0, Optional.empty()), told());
    }

    private void advance(long seconds) {
        simulation.time.advanceSeconds(seconds);
    }

    private Prewarms told() {
        return simulation.upstream().status().prewarms().orElseThrow();
    }

    private int starts() {
        return simulation.runtime.starts();
    }

    @Test
    void isAwakeWhenTheExpectedRequestComes() {
        learn();
        int before = starts();
        advance(WAKE - 1);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(before, starts());
        advance(1);
        assertEquals(State.RUNNING, simulation.state());
        advance(PERIOD - WAKE);
        Lease lease = simulation.upstream().tryAcquire();
        assertEquals(0, lease.waitedNanos());
        assertEquals(before + 1, starts());
        assertEquals(new Prewarms(1, 0, Optional.empty()), told());
        assertEquals(0, simulation.prewarms.taken());
        lease.release();
    }

    @Test
    void saysWhenItWillBeWokenNext() {
        learn();
        Instant lastUse = simulation.time.instant();
        advance(20);
        assertEquals(new Prewarms(0, 0, Optional.of(lastUse.plusSeconds(WAKE))), told());
        advance(WAKE - 20);
        assertEquals(Prewarms.NONE, told());
    }

    @Test
    void learnsFromRequestsThatItsOwnWakesHaveMet() {
        learn(Rhythm.ENOUGH + 3 * Rhythm.KEPT);
        assertEquals(3 * Rhythm.KEPT, told().hits());
        assertEquals(0, told().misses());
        assertEquals(3 * Rhythm.KEPT + Rhythm.ENOUGH + 1, starts());
    }

    @Test
    void wakesEarlierByTheTimeThatWakesHaveTaken() {
        simulation.runtime.onStart = container -> simulation.time.later(Duration.ofSeconds(7), container::becomeReady);
        for (int i = 0; i <= Rhythm.ENOUGH; i++) {
            simulation.request();
            advance(7);
            simulation.answerAll();
            advance(PERIOD);
        }
        simulation.request();
        advance(7);
        simulation.answerAll();
        int before = starts();
        advance(WAKE - 7 - 1);
        assertEquals(before, starts());
        advance(1);
        assertEquals(before + 1, starts());
        assertEquals(State.STARTING, simulation.state());
        advance(7);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void sleepsAgainWhenNobodyComes() {
        learn();
        advance(WAKE);
        assertEquals(PrewarmBudget.EACH, simulation.prewarms.taken());
        advance(GIVE_UP - WAKE - 1);
        assertEquals(State.RUNNING, simulation.state());
        advance(1);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(new Prewarms(0, 1, Optional.empty()), told());
        simulation.assertAtRest();
        int before = starts();
        advance(10 * PERIOD);
        assertEquals(before, starts());
    }

    /** Longer than the idle timeout: that is for those who were there. */
    @Test
    void isKeptForAsLongAsSomebodyMayStillCome() {
        visit();
        for (int i = 0; i < 2 * Rhythm.ENOUGH; i++) {
            advance(i % 2 == 0 ? PERIOD - 30 : PERIOD + 30);
            visit();
        }
        advance(PERIOD - 33);
        assertEquals(State.RUNNING, simulation.state());
        advance(65);
        assertEquals(State.RUNNING, simulation.state());
        visit();
        assertEquals(0, told().misses());
        advance(20);
        assertEquals(State.STOPPED, simulation.state());
    }

    @Test
    void isKeptLikeAnyOtherOnceSomebodyHasCome() {
        learn();
        advance(PERIOD);
        FakeRequest request = simulation.request();
        advance(GIVE_UP);
        assertEquals(State.RUNNING, simulation.state());
        request.finish();
        advance(19);
        assertEquals(State.RUNNING, simulation.state());
        assertTrue(simulation.request().isGranted());
        simulation.answerAll();
        advance(20);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(1, told().hits());
        assertEquals(0, told().misses());
    }

    @Test
    void isKeptForNoLongerThanAnyOtherOnceSomebodyHasCome() {
        visit();
        for (int i = 0; i < 2 * Rhythm.ENOUGH; i++) {
            advance(i % 2 == 0 ? PERIOD - 30 : PERIOD + 30);
            visit();
        }
        advance(PERIOD - 33);
        visit();
        advance(20);
        assertEquals(State.STOPPED, simulation.state());
    }

    @Test
    void isCalledOffByARequestThatComesBefore() {
        learn();
        advance(100);
        assertTrue(told().next().isPresent());
        visit();
        assertEquals(Prewarms.NONE, told());
    }

    @Test
    void countsFromTheLastRequestHoweverLongItIsKeptBehindIt() {
        learn();
        simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofSeconds(100)));
        advance(PERIOD);
        visit();
        advance(WAKE - 1);
        assertEquals(State.STOPPED, simulation.state());
        advance(1);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void learnsWhereItIsStoppedByHandToo() {
        for (int i = 0; i < Rhythm.ENOUGH; i++) {
            visit();
            simulation.sleep();
            advance(PERIOD);
        }
        visit();
        advance(WAKE);
        assertEquals(State.RUNNING, simulation.state());
    }

    /** Who waits until it is paused, to have it back, has come once. */
    @Test
    void learnsOnceFromOneWhoComesWhileItIsPaused() {
        simulation.change(Samples.withSleep(simulation.upstream().project(), Sleep.PAUSE));
        learn(Rhythm.ENOUGH - 2);
        CompletableFuture<Void> pausing = new CompletableFuture<>();
        simulation.runtime.onPause = container -> pausing;
        advance(20);
        FakeRequest request = simulation.request();
        assertTrue(request.isWaiting());
        pausing.complete(null);
        request.finish();
        advance(20);
        assertEquals(State.PAUSED, simulation.state());
        assertEquals(Prewarms.NONE, told());
    }

    @Test
    void isMetByOneWhoComesWhileItWakes() {
        learn();
        simulation.runtime.onStart = container -> {};
        advance(WAKE);
        int before = starts();
        FakeRequest request = simulation.request();
        assertTrue(request.isWaiting());
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
        assertEquals(before, starts());
        assertEquals(1, told().hits());
        request.finish();
        advance(19);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void countsManyWhoComeAtOnceAsOne() {
        learn();
        advance(PERIOD);
        for (int i = 0; i < 5; i++) {
            assertTrue(simulation.request().isGranted());
        }
        assertEquals(1, told().hits());
    }

    @Test
    void restsForAWhileAfterMissesInARow() {
        learn(Rhythm.KEPT);
        int hits = told().hits();
        int[] woken = new int[12];
        for (int i = 0; i < woken.length; i++) {
            int before = told().misses();
            stayAwayForLong(i);
            woken[i] = told().misses() - before;
        }
        assertEquals("111010010000", join(woken));
        assertEquals(hits, told().hits());
    }

    /** For a time that has no rhythm of its own. */
    private void stayAwayForLong(int number) {
        advance(Math.round(2 * PERIOD * Math.pow(1.5, number)));
        visit();
    }

    private static String join(int[] numbers) {
        StringBuilder all = new StringBuilder();
        for (int each : numbers) {
            all.append(each);
        }
        return all.toString();
    }

    @Test
    void goesOnAfterAHit() {
        learn(Rhythm.KEPT);
        stayAwayForLong(0);
        stayAwayForLong(1);
        advance(PERIOD);
        visit();
        for (int i = 0; i < Prewarming.PATIENCE; i++) {
            stayAwayForLong(i + 2);
        }
        assertEquals(2 + Prewarming.PATIENCE, told().misses());
    }

    @Test
    void isLeftAloneOnceItIsSwitchedOff() {
        learn();
        advance(20);
        assertEquals(1, simulation.time.pending());
        simulation.change(Samples.withPrewarm(simulation.upstream().project(), false));
        simulation.assertAtRest();
        assertEquals(Optional.empty(), simulation.upstream().status().prewarms());
        int before = starts();
        advance(PERIOD);
        assertEquals(before, starts());
    }

    @Test
    void isOneLikeAnyOtherWhenItIsSwitchedOffWhileItWaitsForSomebody() {
        learn();
        advance(WAKE);
        simulation.change(Samples.withPrewarm(simulation.upstream().project(), false));
        assertEquals(0, simulation.prewarms.taken());
        advance(19);
        assertEquals(State.RUNNING, simulation.state());
        Lease lease = simulation.upstream().tryAcquire();
        assertEquals(0, lease.waitedNanos());
        lease.release();
        advance(19);
        assertEquals(State.RUNNING, simulation.state());
        advance(1);
        simulation.assertAtRest();
    }

    @Test
    void isNotWokenAheadAfterAChangeOfSettingsUntilItHasBeenUsed() {
        learn();
        advance(20);
        simulation.change(Samples.withImage(simulation.upstream().project(), "nginx:1.28"));
        simulation.assertAtRest();
        advance(PERIOD - 20);
        visit();
        advance(WAKE);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void keepsItsPlanWhenNothingHasChanged() {
        learn();
        advance(20);
        simulation.change(simulation.upstream().project());
        advance(WAKE - 20);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void isNotWokenAheadAfterAStopByHandUntilItHasBeenUsed() {
        learn();
        advance(20);
        simulation.sleep();
        simulation.assertAtRest();
        advance(PERIOD - 20);
        assertEquals(State.STOPPED, simulation.state());
        visit();
        advance(WAKE);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void isNoMissWhenItIsStoppedByHand() {
        learn();
        advance(WAKE);
        simulation.sleep();
        simulation.assertAtRest();
        assertEquals(Prewarms.NONE, told());
    }

    @Test
    void isForgottenWithTheProject() {
        learn();
        advance(20);
        simulation.close();
        simulation.assertAtRest();
        advance(PERIOD);
        assertEquals(Optional.empty(), simulation.upstream().status().prewarms());
    }

    @Test
    void isStoppedWithTheProject() {
        learn();
        advance(WAKE);
        simulation.close();
        simulation.assertAtRest();
    }

    @Test
    void isNotTriedWhileTheProjectFails() {
        learn();
        simulation.runtime.onStart = container -> container.failStart("no such file");
        advance(100);
        simulation.request();
        assertEquals(State.FAILED, simulation.state());
        int before = starts();
        advance(2 * PERIOD);
        assertEquals(before, starts());
        simulation.assertAtRest();
    }

    @Test
    void isNotTriedAgainAfterItFailed() {
        learn();
        simulation.runtime.onStart = container -> container.failStart("no such file");
        advance(WAKE);
        assertEquals(State.FAILED, simulation.state());
        assertEquals(Prewarms.NONE, told());
        int before = starts();
        advance(10 * PERIOD);
        assertEquals(before, starts());
        simulation.assertAtRest();
    }

    @Test
    void isNoMissWhenItsContainerDies() {
        learn();
        advance(WAKE);
        simulation.runtime.latest().exit(1);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(Prewarms.NONE, told());
        simulation.assertAtRest();
    }

    @Test
    void isNotTriedWhileTheEngineIsDown() {
        learn();
        advance(20);
        simulation.runtime.goDown();
        int before = starts();
        advance(PERIOD - 20);
        assertEquals(before, starts());
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
        simulation.assertAtRest();
        simulation.runtime.comeBack();
        visit();
        advance(WAKE);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void isNotNeededByOneThatIsPaused() {
        simulation.change(Samples.withSleep(simulation.upstream().project(), Sleep.PAUSE));
        learn();
        advance(WAKE);
        assertEquals(State.PAUSED, simulation.state());
        assertEquals(0, simulation.prewarms.taken());
    }

    @Test
    void wakesOneWhosePauseIsOver() {
        Project settings = simulation.upstream().project();
        simulation.change(
                settings.withWaking(settings.waking().withSleep(Sleep.PAUSE, Optional.of(Duration.ofMinutes(1)))));
        learn();
        advance(WAKE - 1);
        assertEquals(State.STOPPED, simulation.state());
        advance(1);
        assertEquals(State.RUNNING, simulation.state());
        advance(GIVE_UP - WAKE);
        assertEquals(State.PAUSED, simulation.state());
        assertEquals(1, told().misses());
        assertEquals(0, simulation.prewarms.taken());
    }

    @Test
    void leavesAProjectAloneThatHasNotAskedForIt() {
        simulation.change(Samples.withPrewarm(simulation.upstream().project(), false));
        learn(2 * Rhythm.ENOUGH);
        advance(20);
        simulation.assertAtRest();
        advance(WAKE - 20);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(Optional.empty(), simulation.upstream().status().prewarms());
    }

    @Test
    void learnsNothingFromRequestsWhileItIsInUse() {
        learn();
        for (int i = 0; i < 100; i++) {
            advance(1);
            visit();
        }
        advance(WAKE);
        assertEquals(State.RUNNING, simulation.state());
        assertNull(simulation.requests().get(0).refusal());
        assertFalse(told().next().isPresent());
    }

    @Test
    void isOnlyPlannedOnceWhenItWasWokenByHandBetweenRequests() {
        learn();
        advance(100);
        simulation.upstream().wake();
        advance(1);
        visit();
        advance(20);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(1, simulation.time.pending());
    }

    /** Its rhythm is that of those who ask for it. */
    @Test
    void keepsItsPlanWhenItIsWokenByHandForNobody() {
        learn();
        Instant lastUse = simulation.time.instant();
        advance(100);
        simulation.upstream().wake();
        advance(20);
        assertEquals(State.STOPPED, simulation.state());
        assertEquals(Optional.of(lastUse.plusSeconds(WAKE)), told().next());
        advance(WAKE - 120);
        assertEquals(State.RUNNING, simulation.state());
    }

    @Test
    void isNotWokenAheadAfterAChangeWhileItWaitsForSomebodyUntilItHasBeenUsed() {
        learn();
        advance(WAKE);
        simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofSeconds(30)));
        advance(30);
        simulation.assertAtRest();
        int before = starts();
        advance(2 * PERIOD);
        assertEquals(before, starts());
    }
}
