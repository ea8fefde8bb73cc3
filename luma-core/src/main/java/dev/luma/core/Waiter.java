package dev.luma.core;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place in a project's waiting line. It ends exactly once: granted, refused, or cancelled by the client that left.
 * The links belong to the {@link WaitingLine}.
 */
public final class Waiter implements Admission {

    private enum End {
        GRANTED,
        REFUSED,
        CANCELLED
    }

    private final Admission.Listener listener;
    private final Consumer<Waiter> onCancel;
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    final long arrived;
    final long deadline;

    @Nullable
    Waiter previous;

    @Nullable
    Waiter next;

    boolean inLine;

    Waiter(Admission.Listener listener, Consumer<Waiter> onCancel, long arrived, long deadline) {
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

    /** Hands over the lease; false when the wait has ended otherwise, and then the lease is still the caller's. */
    boolean grant(Lease lease) {
        if (!end.compareAndSet(null, End.GRANTED)) {
            return false;
        }
        listener.granted(lease);
        return true;
    }

    void refuse(Refusal refusal) {
        if (end.compareAndSet(null, End.REFUSED)) {
            listener.refused(refusal);
        }
    }

    boolean hasEnded() {
        return end.get() != null;
    }
}
