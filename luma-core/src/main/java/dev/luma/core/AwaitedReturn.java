package dev.luma.core;

import java.time.Duration;

/**
 * Whether somebody who wanted the start that is under way has gone and will be back, until when, and the timer that looks
 * then whether that was so. Confined to the project's mailbox.
 */
final class AwaitedReturn {

    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Runnable onOver;
    private boolean awaited;
    private long until;
    private Scheduler.Cancellable timer = Scheduler.Cancellable.NONE;

    /** @param onOver told, on any thread, that the time to come back is over */
    AwaitedReturn(Ticker ticker, Scheduler scheduler, Runnable onOver) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.onOver = onOver;
    }

    void within(Duration limit) {
        stop();
        awaited = true;
        until = ticker.nanos() + limit.toNanos();
        timer = scheduler.schedule(onOver, limit);
    }

    boolean isAwaited() {
        return awaited && ticker.nanos() - until < 0;
    }

    void stop() {
        awaited = false;
        timer.cancel();
        timer = Scheduler.Cancellable.NONE;
    }
}
