package dev.luma.core;

import java.time.Duration;
import java.util.Optional;

/**
 * A named reason why a request may not be sent: a value, never an exception.
 *
 * @param reason the kind, for programs
 * @param detail one sentence for the person who sees it; says nothing about the inside of a container
 * @param retryAfter when it makes sense to ask again, if that is known
 */
public record Refusal(Reason reason, String detail, Optional<Duration> retryAfter) implements Admission {

    /** The kinds of refusal. */
    public enum Reason {
        /** No project has this host name. */
        UNKNOWN_HOST,
        /** As many requests wait for this project as may. */
        LINE_FULL,
        /** As many requests wait for all projects together as may. */
        TOO_MANY_WAITING,
        /** The project did not become ready while the request waited. */
        START_TIMEOUT,
        /** The project's container could not be started, or the next try is not due yet. */
        START_FAILED,
        /** The container engine does not answer. */
        RUNTIME_DOWN,
        /** Luma is stopping. */
        SHUTTING_DOWN
    }

    static Refusal of(Reason reason, String detail) {
        return new Refusal(reason, detail, Optional.empty());
    }
}
