package dev.luma.docker;

import dev.luma.core.Durations;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One blocking call with a limit in time, which the library does not keep on unix sockets. When the limit is over, the
 * result fails at once, and the thread is interrupted, which closes its unix socket; a call that does not come back even
 * so is reported as stuck.
 */
final class TimedCall<T> implements Runnable {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final String what;
    private final Duration limit;
    private final Callable<T> work;
    private final ScheduledExecutorService timer;
    private final Consumer<Throwable> stuck;
    private @Nullable ScheduledFuture<?> limiter;
    private @Nullable Thread runner;
    private @Nullable Throwable reason;

    /**
     * @param what completes the sentence "the Docker engine did not answer within 10s to ..."
     * @param stuck told on the timer's thread when the call does not end although its time is over
     */
    TimedCall(
            String what, Duration limit, Callable<T> work, ScheduledExecutorService timer, Consumer<Throwable> stuck) {
        this.what = what;
        this.limit = limit;
        this.work = work;
        this.timer = timer;
        this.stuck = stuck;
    }

    CompletableFuture<T> result() {
        return result;
    }

    @Override
    public void run() {
        T value;
        try {
            if (!begun()) {
                return;
            }
            value = work.call();
        } catch (Throwable error) {
            Throwable why = returned();
            result.completeExceptionally(why == null ? error : why);
            return;
        }
        returned();
        result.complete(value);
    }

    /** Fails the result at once, if it is not there yet, and interrupts the call. */
    void abandon(Throwable why) {
        synchronized (this) {
            reason = why;
            // Under the lock, so that a thread which has gone on to other work is never interrupted.
            if (runner != null) {
                runner.interrupt();
            }
        }
        result.completeExceptionally(why);
    }

    private void timeOut() {
        TimeoutException over = new TimeoutException(
                "the Docker engine did not answer within " + Durations.format(limit) + " to " + what);
        abandon(over);
        synchronized (this) {
            if (runner != null) {
                limiter = timer.schedule(() -> stuck.accept(over), PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    /** False if it was abandoned before it began. */
    private synchronized boolean begun() {
        if (result.isDone()) {
            return false;
        }
        runner = Thread.currentThread();
        limiter = timer.schedule(this::timeOut, limit.toNanos(), TimeUnit.NANOSECONDS);
        return true;
    }

    /** The reason for which it was abandoned, or null if it was not. */
    private synchronized @Nullable Throwable returned() {
        if (limiter != null) {
            limiter.cancel(false);
        }
        runner = null;
        // An interruption that came at the last moment was meant for this call, not for the thread's next work.
        Thread.interrupted();
        return reason;
    }
}
