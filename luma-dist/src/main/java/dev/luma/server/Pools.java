package dev.luma.server;

import dev.luma.core.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The pools of the process. Their threads end when there is nothing to do for a while, so that an idle Luma holds none
 * but its loops and its timer.
 */
final class Pools {

    private static final Duration IDLE = Duration.ofSeconds(20);

    /** More than there can be projects, and what is queued is at most a few tasks a project. */
    private static final int QUEUE = 400_000;

    private final List<ExecutorService> all = new ArrayList<>();
    private final Ticker ticker;

    Pools(Ticker ticker) {
        this.ticker = ticker;
    }

    /** At most as many threads as given, each in one task at a time. */
    ExecutorService bounded(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(QUEUE),
                Threads.named(name));
        pool.allowCoreThreadTimeOut(true);
        all.add(pool);
        return pool;
    }

    /** One thread for short tasks at given times. */
    ScheduledExecutorService timer(String name) {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1, Threads.named(name));
        pool.setRemoveOnCancelPolicy(true);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        all.add(pool);
        return pool;
    }

    /** Takes nothing new and gives running tasks until the limit, together. */
    void stop(Duration limit) throws InterruptedException {
        all.forEach(ExecutorService::shutdown);
        long deadline = ticker.nanos() + limit.toNanos();
        for (ExecutorService pool : all) {
            if (!pool.awaitTermination(deadline - ticker.nanos(), TimeUnit.NANOSECONDS)) {
                pool.shutdownNow();
            }
        }
    }
}
