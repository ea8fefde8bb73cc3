package dev.luma.proxy;

import dev.luma.core.Scheduler;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The clock and the timers of tests with real sockets. */
final class RealTime implements Ticker, Scheduler, AutoCloseable {

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "timers");
        thread.setDaemon(true);
        return thread;
    });

    private final AtomicLong skipped = new AtomicLong();

    /** Time goes by for whoever asks for it; timers do not notice. */
    void pass(Duration time) {
        skipped.addAndGet(time.toNanos());
    }

    @Override
    public long nanos() {
        return System.nanoTime() + skipped.get();
    }

    @Override
    public Instant instant() {
        return Instant.now();
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        ScheduledFuture<?> timer = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
