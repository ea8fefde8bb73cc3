package dev.luma.core;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place in a project's waiting line. It ends exactly once: granted, refused, or cancelled by the client that left.
 * The links belong to the {@link WaitingLine} and its {@link Lane}s.
 */
public final class Waiter implements Admission {

    private enum End {
        GRANTED,
        REFUSED,
        CANCELLED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Waiter.class);

    private final Admission.Listener listener;
    private final Consumer<Waiter> onCancel;
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    final String client;
    final long arrived;
    final long deadline;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    boolean inLine;

    /** What its watcher heard last. */
    @Nullable
    WakeProgress told;

    /** @param client whose turn it takes */
    Waiter(String client, Admission.Listener listener, Consumer<Waiter> onCancel, long arrived, long deadline) {
        this.client = client;
        this.listener = listener;
        this.onCancel = onCancel;
        this.arrived = arrived;
        this.deadline = deadline;
    }

    /** Leaves the line at once. After it, the listener hears nothing, unless it was already being told. */
    public void cancel() {
        if (end.compareAndSet(null, End.CANCELLED)) {
            onCancel.accept(this);
        }
    }

    /** Hands over the lease; false when nobody took it, and then it is still the caller's. */
    boolean grant(Lease lease) {
        return end.compareAndSet(null, End.GRANTED) && tell(() -> listener.granted(lease));
    }

    void refuse(Refusal refusal) {
        if (end.compareAndSet(null, End.REFUSED)) {
            tell(() -> listener.refused(refusal));
        }
    }

    /** Whether it wants to hear how the wake goes on. */
    boolean isWatching() {
        return listener instanceof Admission.Watcher;
    }

    void progress(WakeProgress now) {
        if (listener instanceof Admission.Watcher watcher && !hasEnded()) {
            tell(() -> watcher.progressed(now));
        }
    }

    /** A listener that throws, as its thread is gone perhaps, must not hold up the others in the line. */
    private static boolean tell(Runnable news) {
        try {
            news.run();
            return true;
        } catch (RuntimeException bug) {
            LOG.warn("A request did not hear the end of its wait", bug);
            return false;
        }
    }

    boolean hasEnded() {
        return end.get() != null;
    }
}
