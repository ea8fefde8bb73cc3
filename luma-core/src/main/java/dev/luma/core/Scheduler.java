package dev.luma.core;

import java.time.Duration;

/** Runs a short task once, later. Any thread may call it; tasks must not block. */
public interface Scheduler {
    /** Runs {@code task} once after {@code delay}, unless it is cancelled first. */
    Cancellable schedule(Runnable task, Duration delay);

    /** Something that can be called off. Calling it off twice, or too late, does nothing. */
    interface Cancellable {
        Cancellable NONE = () -> {};

        void cancel();
    }
}
