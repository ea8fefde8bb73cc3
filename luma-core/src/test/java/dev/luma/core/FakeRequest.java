package dev.luma.core;

import java.util.concurrent.atomic.AtomicInteger;

/** A request as the data plane makes it: it asks for admission, and gives back what it gets. */
final class FakeRequest implements Admission.Listener {

    private final Simulation simulation;
    final String client;
    private final long deadline;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile Waiter waiter;
    private volatile Lease lease;
    private volatile Refusal refusal;
    private volatile boolean cancelled;

    FakeRequest(Simulation simulation, String client, long deadline) {
        this.simulation = simulation;
        this.client = client;
        this.deadline = deadline;
    }

    FakeRequest ask() {
        asked.incrementAndGet();
        Admission admission = simulation.upstream().acquire(client, deadline, this);
        if (admission instanceof Lease atOnce) {
            granted(atOnce);
        } else if (admission instanceof Waiter place) {
            waiter = place;
        } else {
            refused((Refusal) admission);
        }
        return this;
    }

    @Override
    public void granted(Lease granted) {
        ended.incrementAndGet();
        container(granted).leases.incrementAndGet();
        simulation.noteGrant(this);
        lease = granted;
    }

    @Override
    public void refused(Refusal refused) {
        ended.incrementAndGet();
        refusal = refused;
    }

    /** The answer has been sent. */
    void finish() {
        Lease held = handBack();
        held.release();
    }

    /** The exchange has become a tunnel. */
    void last() {
        lease.lasts();
    }

    /** The connection was refused: the request asks again, with the deadline that it had. */
    void findUnreachable() {
        Lease held = handBack();
        held.releaseUnreachable();
        ask();
    }

    /** The client leaves; it hears nothing any more, unless it was already told. */
    void cancel() {
        cancelled = true;
        waiter.cancel();
    }

    boolean isGranted() {
        return lease != null;
    }

    boolean isWaiting() {
        return ended.get() < asked.get() && !cancelled;
    }

    boolean isOverdue() {
        return deadline - simulation.time.nanos() <= 0;
    }

    Lease lease() {
        return lease;
    }

    Refusal refusal() {
        return refusal;
    }

    Refusal.Reason reason() {
        return refusal == null ? null : refusal.reason();
    }

    int asked() {
        return asked.get();
    }

    int ended() {
        return ended.get();
    }

    boolean isCancelled() {
        return cancelled;
    }

    private Lease handBack() {
        Lease held = lease;
        lease = null;
        container(held).leases.decrementAndGet();
        return held;
    }

    private FakeContainer container(Lease of) {
        return simulation.runtime.container(of.instance().id());
    }
}
