package dev.luma.core;

/** Finds out when an app answers. Any thread may call it; it does not block. */
public interface ReadinessProbe {

    /**
     * Tries the endpoint at once and then again and again, with a growing gap, until the app answers or the probe is
     * cancelled; then runs {@code onReady} once, on a thread of the probe. It never gives up by itself.
     */
    Scheduler.Cancellable await(Endpoint endpoint, Runnable onReady);
}
