package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TrackedTest {

    private final Tracked tracked =
            new Tracked("app-x-1", Bench.projectOf("app", "nginx", Map.of()), new Wake("app-x-1", phase -> {}));

    @Test
    void oneMayTellTheEnd() {
        assertTrue(tracked.claimEnd());
        assertFalse(tracked.claimEnd());
    }

    @Test
    void nobodyTellsTheEndOfWhatIsBeingStopped() {
        tracked.abandon();
        assertFalse(tracked.claimEnd());
    }

    @Test
    void whatWasAbandonedInTimeIsNeverMade() {
        assertTrue(tracked.abandon());
        assertFalse(tracked.beginMaking());
    }

    @Test
    void whatIsBeingMadeHasToBeRemoved() {
        assertTrue(tracked.beginMaking());
        assertFalse(tracked.abandon());
        assertTrue(tracked.isAbandoned());
        assertFalse(tracked.settled().toCompletableFuture().isDone());
        tracked.failed();
        assertTrue(tracked.settled().toCompletableFuture().isDone());
        assertTrue(tracked.isLeft());
        assertFalse(tracked.isRunning());
    }

    @Test
    void stopsThatComeTogetherAreOne() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletionStage<Void> stop = tracked.stopOnce(() -> first);
        assertSame(stop, tracked.stopOnce(CompletableFuture::new));
        first.completeExceptionally(new EngineDownException("gone"));
        assertTrue(stop.toCompletableFuture().isCompletedExceptionally());
        CompletionStage<Void> again = tracked.stopOnce(() -> CompletableFuture.completedFuture(null));
        assertNotSame(stop, again);
        assertTrue(again.toCompletableFuture().isDone());
        assertSame(again, tracked.stopOnce(CompletableFuture::new));
    }

    @Test
    void whatIsBeingRemovedIsLeftToWhoRemovesIt() {
        tracked.beginMaking();
        tracked.failed();
        CompletableFuture<Void> removal = new CompletableFuture<>();
        CompletionStage<Void> stop = tracked.stopOnce(() -> removal);
        assertFalse(tracked.isLeft());
        removal.completeExceptionally(new EngineDownException("gone"));
        assertTrue(tracked.isLeft());
        assertEquals(true, stop.toCompletableFuture().isCompletedExceptionally());
    }
}
