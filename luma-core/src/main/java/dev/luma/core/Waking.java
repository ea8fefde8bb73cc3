package dev.luma.core;

import java.time.Duration;
import java.util.Optional;

/**
 * When a project goes to sleep, and how it is seen to be awake. No value of it changes a container, so that one that runs
 * is kept when they change.
 *
 * @param idleTimeout how long a container may be without a request before it sleeps; empty for the server's default
 * @param readiness what the app has to answer before it gets requests; empty if it is enough that it takes connections
 */
public record Waking(Optional<Duration> idleTimeout, Optional<HttpGet> readiness) {

    /** What a project does that says nothing about it. */
    public static final Waking USUAL = new Waking(Optional.empty(), Optional.empty());

    public Waking {
        ProjectRules.require("idle_timeout", idleTimeout.flatMap(ProjectRules::idleTimeout));
    }

    public Waking withIdleTimeout(Optional<Duration> timeout) {
        return new Waking(timeout, readiness);
    }

    public Waking withReadiness(Optional<HttpGet> request) {
        return new Waking(idleTimeout, request);
    }
}
