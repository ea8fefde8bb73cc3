package dev.luma.core;

import java.time.Duration;
import java.util.Optional;

/**
 * When and how a project goes to sleep, and how it is seen to be awake. No value of it changes a container, so that one
 * that runs is kept when they change.
 *
 * @param idleTimeout how long a container may be without a request before it sleeps; empty for the server's default
 * @param readiness what the app has to answer before it gets requests; empty if it is enough that it takes connections
 * @param sleep what becomes of its container
 * @param pauseTimeout how long it may be paused before it is stopped; empty for the server's default
 * @param ephemeral whether each wake gets a new container, and nothing that the last one wrote
 * @param coldStart what a browser gets while the project wakes
 * @param prewarm whether it is woken shortly before the requests that its rhythm lets expect
 */
public record Waking(
        Optional<Duration> idleTimeout,
        Optional<HttpGet> readiness,
        Sleep sleep,
        Optional<Duration> pauseTimeout,
        boolean ephemeral,
        ColdStart coldStart,
        boolean prewarm) {

    /** What a project does that says nothing about it. */
    public static final Waking USUAL =
            new Waking(Optional.empty(), Optional.empty(), Sleep.STOP, Optional.empty(), false, ColdStart.WAIT, false);

    /** What becomes of the container of a project that sleeps. */
    public enum Sleep {
        /** It is stopped, and costs no memory. */
        STOP,
        /** It is frozen: it costs no time of a processor, but the memory that it has, and is back at once. */
        PAUSE;

        /** The name that users see. */
        public String word() {
            return Words.of(this);
        }

        /** Reads what {@link #word} writes. */
        public static Optional<Sleep> parse(String text) {
            return Words.parse(Sleep.class, text);
        }
    }

    /** What a browser gets while the project wakes. Everything else waits in any case. */
    public enum ColdStart {
        /** The app's answer, when it is there. */
        WAIT,
        /** If that takes long, a page meanwhile that shows how the wake goes on, and then loads the app. */
        PAGE;

        /** The name that users see. */
        public String word() {
            return Words.of(this);
        }

        /** Reads what {@link #word} writes. */
        public static Optional<ColdStart> parse(String text) {
            return Words.parse(ColdStart.class, text);
        }
    }

    public Waking {
        ProjectRules.require("idle_timeout", idleTimeout.flatMap(ProjectRules::idleTimeout));
        ProjectRules.require("pause_timeout", pauseTimeout.flatMap(ProjectRules::idleTimeout));
        if (pauseTimeout.isPresent() && sleep != Sleep.PAUSE) {
            throw new IllegalArgumentException("pause_timeout " + ProjectRules.MEANINGLESS_WITHOUT_PAUSE);
        }
    }

    public Waking withIdleTimeout(Optional<Duration> timeout) {
        return new Waking(timeout, readiness, sleep, pauseTimeout, ephemeral, coldStart, prewarm);
    }

    public Waking withReadiness(Optional<HttpGet> request) {
        return new Waking(idleTimeout, request, sleep, pauseTimeout, ephemeral, coldStart, prewarm);
    }

    /** The same with another way to sleep; a timeout may only be given for {@link Sleep#PAUSE}. */
    public Waking withSleep(Sleep other, Optional<Duration> timeout) {
        return new Waking(idleTimeout, readiness, other, timeout, ephemeral, coldStart, prewarm);
    }

    public Waking withEphemeral(boolean whether) {
        return new Waking(idleTimeout, readiness, sleep, pauseTimeout, whether, coldStart, prewarm);
    }

    public Waking withColdStart(ColdStart other) {
        return new Waking(idleTimeout, readiness, sleep, pauseTimeout, ephemeral, other, prewarm);
    }

    public Waking withPrewarm(boolean whether) {
        return new Waking(idleTimeout, readiness, sleep, pauseTimeout, ephemeral, coldStart, whether);
    }

    boolean pauses() {
        return sleep == Sleep.PAUSE;
    }
}
