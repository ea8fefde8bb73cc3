package dev.luma.core;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The right to send one request to one instance; released exactly once, when the exchange is over in every respect. As
 * long as one is out, the instance is in use and is not put to sleep. Any thread may release it.
 */
public final class Lease implements Admission {

    private static final AtomicIntegerFieldUpdater<Lease> RELEASED =
            AtomicIntegerFieldUpdater.newUpdater(Lease.class, "released");

    private final Instance instance;
    private final long waitedNanos;

    @SuppressWarnings("UnusedVariable") // read and written through RELEASED
    private volatile int released;

    private Lease(Instance instance, long waitedNanos) {
        this.instance = instance;
        this.waitedNanos = waitedNanos;
    }

    /** A lease on the instance, or null when its gate is closed. */
    static @Nullable Lease tryTake(Instance instance, long waitedNanos) {
        return instance.gate().tryAcquire() ? new Lease(instance, waitedNanos) : null;
    }

    public Instance instance() {
        return instance;
    }

    /** How long the request stood in the line, in nanoseconds; 0 when the instance was ready at once. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /** Gives the lease back. A second release is a bug in the caller and throws {@link IllegalStateException}. */
    public void release() {
        if (!RELEASED.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException("lease on " + instance + " released twice");
        }
        instance.released();
    }

    /**
     * Gives the lease back and says that the instance took no connection, so that nothing was sent. The gate is closed
     * until the instance answers again or is replaced; ask for another admission.
     */
    public void releaseUnreachable() {
        instance.unreachable();
        release();
    }
}
