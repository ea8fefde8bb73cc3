package dev.luma.core;

/** The answer to "may I send?": a {@link Lease} now, a place in the line, or a {@link Refusal}. */
public sealed interface Admission permits Lease, Waiter, Refusal {

    /**
     * Hears the end of a wait: exactly one of the two, exactly once, unless the wait was cancelled. Called on whatever
     * thread settles it, so it hands over to its own thread and returns at once. One that throws has not taken the lease.
     */
    interface Listener {
        void granted(Lease lease);

        void refused(Refusal refusal);
    }

    /** Hears how the wake goes on, too, for as long as it stands in the line: how things are, and each change. */
    interface Watcher extends Listener {
        void progressed(WakeProgress now);
    }
}
