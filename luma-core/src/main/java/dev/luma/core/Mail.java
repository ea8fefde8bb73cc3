package dev.luma.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What the {@link Clerk} of a project is sent that is no {@link Event}: it has to see first what it means. */
sealed interface Mail {

    record Arrival(Waiter waiter) implements Mail {}

    record Departure(Waiter waiter) implements Mail {}

    record Closing(Refusal refusal, Duration drainTimeout) implements Mail {}

    record WakeRequested() implements Mail {}

    record ReturnAwaited(Duration within) implements Mail {}

    /** Something may be different now, and nothing has to be decided for it. */
    record Look() implements Mail {}

    /** A request has come for an instance that was awake for nobody yet. */
    record Claim(Instance instance) implements Mail {}

    record RestRequested(CompletableFuture<Void> done) implements Mail {}
}
