package dev.luma.docker;

import com.github.dockerjava.api.async.ResultCallback;
import dev.luma.core.Durations;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One answer of the engine that comes item by item. The library reads it on a thread of its own, which ends with the
 * stream; the items and the two stages are told on that thread.
 */
final class EngineStream<T> implements ResultCallback<T> {

    private final Consumer<T> each;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable Closeable connection;
    private boolean closed;

    EngineStream(Consumer<T> each) {
        this.each = each;
    }

    /** Done when the engine has begun to answer; if it does not in time, the stream is broken off. */
    CompletionStage<Void> openedWithin(Duration limit, ScheduledExecutorService timer) {
        return within(opened, limit, timer);
    }

    /** Done when the answer is over; if it is not in time, it is broken off. */
    CompletionStage<Void> endedWithin(Duration limit, ScheduledExecutorService timer) {
        return within(ended, limit, timer);
    }

    /** Done when the answer is over; fails with what broke it. */
    CompletionStage<Void> ended() {
        return ended;
    }

    private CompletionStage<Void> within(
            CompletableFuture<Void> stage, Duration limit, ScheduledExecutorService timer) {
        ScheduledFuture<?> limiter = timer.schedule(
                () -> breakOff(new TimeoutException("not done within " + Durations.format(limit))),
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
        return stage.whenComplete((done, error) -> limiter.cancel(false));
    }

    @Override
    public void onStart(Closeable stream) {
        boolean late;
        synchronized (this) {
            connection = stream;
            late = closed;
        }
        if (late) {
            closeQuietly(stream);
        }
        opened.complete(null);
    }

    @Override
    public void onNext(T item) {
        each.accept(item);
    }

    @Override
    public void onError(Throwable error) {
        opened.completeExceptionally(error);
        ended.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        opened.complete(null);
        ended.complete(null);
    }

    /** Ends the stream from outside; {@link #ended} fails, unless it was over before. */
    @Override
    public void close() {
        breakOff(new IOException("the stream was closed"));
    }

    private void breakOff(Exception why) {
        Closeable open;
        synchronized (this) {
            closed = true;
            open = connection;
        }
        onError(why);
        if (open != null) {
            closeQuietly(open);
        }
    }

    private void closeQuietly(Closeable stream) {
        try {
            stream.close();
        } catch (IOException | RuntimeException broken) {
            ended.completeExceptionally(broken);
        }
    }
}
