package dev.luma.docker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Waiting that holds no thread. */
final class Pause {

    private Pause() {}

    /** Done when the time is over, or as soon as the given stage is, however it ends. */
    static CompletionStage<Void> until(CompletionStage<?> sooner, Duration time, ScheduledExecutorService timer) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        ScheduledFuture<?> end = timer.schedule(() -> over.complete(null), time.toNanos(), TimeUnit.NANOSECONDS);
        sooner.whenComplete((done, error) -> {
            end.cancel(false);
            over.complete(null);
        });
        return over;
    }

    /** Done when the time is over. */
    static CompletionStage<Void> of(Duration time, ScheduledExecutorService timer) {
        return until(new CompletableFuture<Void>(), time, timer);
    }
}
