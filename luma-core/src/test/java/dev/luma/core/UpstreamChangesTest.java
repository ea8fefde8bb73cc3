package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the operator does to a project: new settings, sleep, and the end. */
class UpstreamChangesTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private Project newImage() {
        return Samples.withImage(simulation.upstream().project(), "nginx:1.28");
    }

    @Test
    void anotherImageReplacesTheStartThatIsUnderWay() {
        FakeRequest request = simulation.request();
        FakeContainer old = simulation.runtime.latest();
        old.address();
        simulation.change(newImage());
        assertFalse(old.isLeft());
        FakeContainer replacement = simulation.runtime.latest();
        assertEquals("nginx:1.28", replacement.project.container().image());
        replacement.becomeReady();
        assertTrue(request.isGranted());
        assertEquals(2, request.lease().instance().revision());
    }

    @Test
    void whatTheAbandonedStartSaysLaterChangesNothing() {
        FakeRequest request = simulation.request();
        FakeContainer old = simulation.runtime.latest();
        simulation.change(newImage());
        old.address();
        old.failStart("abandoned");
        assertTrue(request.isWaiting());
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        assertEquals(0, simulation.runtime.probe().active());
    }

    @Test
    void requestsInFlightFinishWithTheOldRevisionAndNewOnesGetTheNew() {
        FakeContainer old = simulation.warm();
        FakeRequest inFlight = simulation.request();
        simulation.change(newImage());
        FakeRequest next = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertEquals(2, next.lease().instance().revision());
        assertTrue(old.isLeft());
        assertFalse(old.isStopping());
        inFlight.finish();
        assertFalse(old.isLeft());
        next.finish();
        simulation.time.advanceSeconds(20);
        simulation.assertAtRest();
    }

    @Test
    void aReplacedInstanceIsStoppedWhenItsDrainTimeIsOver() {
        FakeContainer old = simulation.warm();
        FakeRequest endless = simulation.request();
        simulation.change(newImage());
        simulation.time.advance(Duration.ofSeconds(30).minusNanos(1));
        assertTrue(old.isLeft());
        simulation.time.advance(Duration.ofNanos(1));
        assertFalse(old.isLeft());
        endless.finish();
        simulation.assertAtRest();
    }

    @Test
    void aDrainingInstanceThatDiesIsClearedAwayAtOnce() {
        FakeContainer old = simulation.warm();
        FakeRequest inFlight = simulation.request();
        simulation.change(newImage());
        old.exit(1);
        assertFalse(old.isLeft());
        inFlight.finish();
        simulation.assertAtRest();
    }

    @Test
    void anotherHostnameLeavesTheInstanceAlone() {
        simulation.warm();
        simulation.change(Samples.withHostname(simulation.upstream().project(), "store.localhost"));
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertEquals("store.localhost", simulation.upstream().project().hostname());
        assertTrue(simulation.request().isGranted());
    }

    @Test
    void anotherHostnameLeavesTheStartAlone() {
        FakeRequest request = simulation.request();
        simulation.change(Samples.withHostname(simulation.upstream().project(), "store.localhost"));
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
        assertEquals(1, simulation.runtime.starts());
    }

    @Test
    void sleepStopsAnIdleInstanceAtOnce() {
        simulation.warm();
        assertTrue(simulation.sleep().toCompletableFuture().isDone());
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void sleepIsDoneWhenNothingIsLeft() {
        simulation.runtime.onStop = container -> {};
        FakeContainer container = simulation.warm();
        FakeRequest inFlight = simulation.request();
        var slept = simulation.sleep().toCompletableFuture();
        assertFalse(slept.isDone());
        assertEquals(ProjectStatus.State.STOPPING, simulation.state());
        inFlight.finish();
        assertTrue(container.isStopping());
        assertFalse(slept.isDone());
        container.finishStop();
        assertTrue(slept.isDone());
        simulation.assertAtRest();
    }

    @Test
    void sleepOfASleepingProjectIsDoneAtOnce() {
        assertTrue(simulation.sleep().toCompletableFuture().isDone());
        assertEquals(ProjectStatus.State.IDLE, simulation.state());
    }

    @Test
    void sleepOfAFailedProjectForgetsTheBackoff() {
        simulation.request();
        simulation.runtime.latest().failStart("no such image");
        simulation.sleep();
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        assertTrue(simulation.request().isWaiting());
    }

    @Test
    void sleepDuringAStartStartsAgainForThoseWhoWait() {
        FakeRequest request = simulation.request();
        simulation.sleep();
        assertEquals(2, simulation.runtime.starts());
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void closeRefusesThoseWhoWaitAndThoseWhoCome() {
        FakeRequest waiting = simulation.request();
        var closed = simulation.close().toCompletableFuture();
        assertEquals(Refusal.Reason.SHUTTING_DOWN, waiting.reason());
        assertTrue(closed.isDone());
        assertEquals(Refusal.Reason.SHUTTING_DOWN, simulation.request().reason());
        assertEquals(1, simulation.runtime.starts());
        simulation.assertAtRest();
    }

    @Test
    void closeDuringAStartAbandonsIt() {
        simulation.runtime.onStop = container -> {};
        simulation.request();
        FakeContainer container = simulation.runtime.latest();
        container.address();
        var closed = simulation.close().toCompletableFuture();
        assertTrue(container.isStopping());
        container.answer();
        assertFalse(closed.isDone());
        container.finishStop();
        assertTrue(closed.isDone());
        simulation.assertAtRest();
    }

    @Test
    void closeLetsRequestsInFlightFinishWithinTheDrainTime() {
        FakeContainer container = simulation.warm();
        FakeRequest quick = simulation.request();
        FakeRequest endless = simulation.request();
        var closed = simulation.close().toCompletableFuture();
        quick.finish();
        assertTrue(container.isLeft());
        simulation.time.advanceSeconds(30);
        assertFalse(container.isLeft());
        assertTrue(closed.isDone());
        endless.finish();
        simulation.assertAtRest();
    }

    /** The end of Luma has a limit of its own, which may be longer than that of a stop on demand. */
    @Test
    void closeGivesRequestsInFlightTheTimeItIsTold() {
        FakeContainer container = simulation.warm();
        FakeRequest endless = simulation.request();
        var closed = simulation.close(Duration.ofSeconds(90)).toCompletableFuture();
        simulation.time.advanceSeconds(89);
        assertTrue(container.isLeft());
        simulation.time.advanceSeconds(1);
        assertFalse(container.isLeft());
        assertTrue(closed.isDone());
        endless.finish();
        simulation.assertAtRest();
    }

    @Test
    void closeOfAFailedProjectIsDoneAtOnce() {
        simulation.request();
        simulation.runtime.latest().failStart("no such image");
        assertTrue(simulation.close().toCompletableFuture().isDone());
        assertEquals(Refusal.Reason.SHUTTING_DOWN, simulation.request().reason());
    }

    @Test
    void nothingOpensAClosedProjectAgain() {
        simulation.close();
        simulation.change(newImage());
        simulation.sleep();
        assertEquals(Refusal.Reason.SHUTTING_DOWN, simulation.request().reason());
        assertEquals(0, simulation.runtime.starts());
    }

    @Test
    void aStopThatFailsIsTriedAgainUntilItIsDone() {
        simulation.runtime.onStop = FakeContainer::failStop;
        FakeContainer container = simulation.warm();
        var slept = simulation.sleep().toCompletableFuture();
        simulation.time.advanceSeconds(300);
        assertTrue(container.isLeft());
        assertFalse(slept.isDone());
        simulation.runtime.onStop = FakeContainer::finishStop;
        simulation.time.advanceSeconds(5);
        assertTrue(slept.isDone());
        simulation.assertAtRest();
    }

    @Test
    void aDrainThatEndedEarlyLeavesNoTimer() {
        simulation.warm();
        FakeRequest inFlight = simulation.request();
        simulation.sleep();
        inFlight.finish();
        simulation.assertAtRest();
    }

    @Test
    void aStartFromAnotherStopDoesNotWaitForIt() {
        simulation.runtime.onStop = container -> {};
        simulation.warm();
        simulation.sleep();
        FakeRequest request = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
    }
}
