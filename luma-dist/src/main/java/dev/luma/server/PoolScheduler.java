package dev.luma.server;

import dev.luma.core.Scheduler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers on one thread of a pool. After the pool has been shut down nothing is scheduled any more. */
final class PoolScheduler implements Scheduler {

    private static final Logger LOG = LoggerFactory.getLogger(PoolScheduler.class);

    private final ScheduledExecutorService pool;

    PoolScheduler(ScheduledExecutorService pool) {
        this.pool = pool;
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        try {
            Future<?> future = pool.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("Luma has stopped; a timer of {} is not set", delay);
            return Cancellable.NONE;
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException bug) {
            LOG.error("A timer's task failed", bug);
        }
    }
}
