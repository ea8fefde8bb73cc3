package dev.luma.core;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The right to send one request to one instance; released exactly once, when the exchange is over in every respect. As
 * long as one is out, the instance is in use and is not put to sleep. Any thread may release it.
 */
public final class Lease implements Admission {

    private static final int OUT = 0;
    /** Out for good, as far as those are concerned who wait. */
    private static final int LASTING = 1;

    private static final int RELEASED = 2;

    private static final AtomicIntegerFieldUpdater<Lease> STAGE =
            AtomicIntegerFieldUpdater.newUpdater(Lease.class, "stage");

    private final Instance instance;
    private final long waitedNanos;
    /** Through which it was let out; null if it did not stand in the line. */
    private final @Nullable Window window;

    @SuppressWarnings("UnusedVariable") // read and written through STAGE
    private volatile int stage;

    private Lease(Instance instance, long waitedNanos, @Nullable Window window) {
        this.instance = instance;
        this.waitedNanos = waitedNanos;
        this.window = window;
    }

    /** A lease on the instance for somebody who did not wait, or null when its gate is closed. */
    static @Nullable Lease tryTake(Instance instance) {
        return instance.gate().tryAcquire() ? new Lease(instance, 0, null) : null;
    }

    /** A lease on the instance for somebody who did, or null when its gate is closed. */
    static @Nullable Lease tryTake(Instance instance, long waitedNanos, Window window) {
        return instance.gate().tryAcquire() ? new Lease(instance, waitedNanos, window) : null;
    }

    public Instance instance() {
        return instance;
    }

    /** How long the request stood in the line, in nanoseconds; 0 when the instance was ready at once. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /**
     * The exchange has turned into something that may go on for hours, such as a tunnel: those who still wait need not
     * wait for its end. It has to be released all the same.
     */
    public void lasts() {
        if (window != null && STAGE.compareAndSet(this, OUT, LASTING)) {
            window.tellCameBack();
        }
    }

    /** Gives the lease back. A second release is a bug in the caller and throws {@link IllegalStateException}. */
    public void release() {
        int before = STAGE.getAndSet(this, RELEASED);
        if (before == RELEASED) {
            throw new IllegalStateException("lease on " + instance + " released twice");
        }
        instance.released();
        if (window != null && before == OUT) {
            window.tellCameBack();
        }
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
