package dev.luma.core;

import java.util.Optional;

/** Finds out when an app answers. Any thread may call it; it does not block. */
public interface ReadinessProbe {

    /**
     * Tries the endpoint at once and then again and again, with a growing gap, until the app is ready or the probe is
     * cancelled. It never gives up by itself.
     */
    Scheduler.Cancellable await(Target target, Listener listener);

    /**
     * What is tried.
     *
     * @param host the name by which the app is asked, as it is by those who use it
     * @param readiness what it has to answer; empty if it is enough that it takes a connection
     */
    record Target(Endpoint endpoint, String host, Optional<HttpGet> readiness) {}

    /** Hears how the tries go, on a thread of the probe. */
    interface Listener {

        /** The app is ready. Told once, and nothing more is told after it. */
        void ready();

        /**
         * The app takes connections and is not ready, or takes none any more. Told when it is another thing than before.
         *
         * @param what goes on a sentence for a person, such as "it answered 503 at /healthz"
         */
        default void seen(String what) {}
    }
}
