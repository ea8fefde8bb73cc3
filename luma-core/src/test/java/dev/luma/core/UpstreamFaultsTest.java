package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bugs and full queues on the other side of a port must not wedge a project. */
class UpstreamFaultsTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private static final class Thrower implements Admission.Listener {
        @Override
        public void granted(Lease lease) {
            throw new RejectedExecutionException("the event loop is gone");
        }

        @Override
        public void refused(Refusal refusal) {
            throw new RejectedExecutionException("the event loop is gone");
        }
    }

    private void requestThatThrows() {
        simulation.upstream().acquire(simulation.upstream().waitDeadline(), new Thrower());
    }

    @Test
    void aGrantThatIsNotTakenGivesTheLeaseBackAndTheNextInLineIsServed() {
        requestThatThrows();
        FakeRequest second = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertTrue(second.isGranted());
        assertEquals(1, second.lease().instance().inFlight());
        second.finish();
        simulation.time.advanceSeconds(20);
        simulation.assertAtRest();
    }

    @Test
    void aRefusalThatIsNotTakenDoesNotKeepTheOthersWaiting() {
        requestThatThrows();
        FakeRequest second = simulation.request();
        simulation.runtime.latest().failStart("no such image");
        assertEquals(Refusal.Reason.START_FAILED, second.reason());
    }

    @Test
    void aDeadlineThatIsNotTakenDoesNotKeepTheOthersWaiting() {
        requestThatThrows();
        FakeRequest second = simulation.request();
        simulation.time.advanceSeconds(60);
        assertEquals(Refusal.Reason.START_TIMEOUT, second.reason());
    }

    @Test
    void aStartThatThrowsIsAFailedStart() {
        simulation.runtime.onStart = container -> {
            throw new RejectedExecutionException("the adapter's queue is full");
        };
        assertEquals(Refusal.Reason.START_FAILED, simulation.request().reason());
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
    }

    @Test
    void aStopThatThrowsIsTriedAgain() {
        FakeContainer container = simulation.warm();
        simulation.runtime.onStop = asked -> {
            asked.failStop();
            throw new RejectedExecutionException("the adapter's queue is full");
        };
        var slept = simulation.sleep().toCompletableFuture();
        simulation.runtime.onStop = FakeContainer::finishStop;
        simulation.time.advanceSeconds(5);
        assertTrue(slept.isDone());
        assertEquals(FakeContainer.Life.GONE, container.life());
    }

    @Test
    void aCheckThatThrowsGivesTheInstanceUp() {
        FakeContainer container = simulation.warm();
        FakeRequest request = simulation.request();
        simulation.runtime.onCheck = asked -> {
            throw new RejectedExecutionException("the adapter's queue is full");
        };
        container.fallSilent();
        request.findUnreachable();
        assertEquals(FakeContainer.Life.GONE, container.life());
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void aProjectListenerThatThrowsHoldsNothingUp() {
        simulation.onChange = change -> {
            throw new IllegalStateException("a bug in a listener");
        };
        FakeRequest request = simulation.request();
        simulation.runtime.latest().becomeReady();
        request.finish();
        assertTrue(simulation.sleep().toCompletableFuture().isDone());
        simulation.assertAtRest();
    }
}
