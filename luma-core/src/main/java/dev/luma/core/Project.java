package dev.luma.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a user registers: a name, a hostname, and what answers its requests. Immutable; a change of settings makes a new
 * value with the next revision. {@link ProjectRules} says which values are acceptable.
 *
 * @param name unique; a DNS label
 * @param hostname unique; lower case, without port or trailing dot
 * @param source a container, or what runs anyway
 * @param waking when it sleeps, and how it is seen to be awake
 * @param maxRequestBody the most octets that the body of a request may have, 0 for no limit; empty for the server's default
 * @param revision 1 at registration, one more for each change of settings
 * @param createdAt when the project was registered
 * @param updatedAt when this revision was made
 */
public record Project(
        String name,
        String hostname,
        Source source,
        Waking waking,
        Optional<Long> maxRequestBody,
        int revision,
        Instant createdAt,
        Instant updatedAt) {

    public Project {
        ProjectRules.require("name", ProjectRules.name(name));
        ProjectRules.require("hostname", ProjectRules.hostname(hostname));
        ProjectRules.require("max_request_body", maxRequestBody.flatMap(ProjectRules::maxRequestBody));
        if (source instanceof Source.External && waking.idleTimeout().isPresent()) {
            throw new IllegalArgumentException("idle_timeout " + ProjectRules.MEANINGLESS_FOR_UPSTREAM);
        }
        if (source instanceof Source.External && waking.pauses()) {
            throw new IllegalArgumentException("sleep " + ProjectRules.MEANINGLESS_FOR_UPSTREAM);
        }
        if (source instanceof Source.External && waking.ephemeral()) {
            throw new IllegalArgumentException("ephemeral " + ProjectRules.MEANINGLESS_FOR_UPSTREAM);
        }
        if (source instanceof Source.External && waking.coldStart() != Waking.ColdStart.WAIT) {
            throw new IllegalArgumentException("cold_start " + ProjectRules.MEANINGLESS_FOR_UPSTREAM);
        }
        if (source instanceof Source.External && waking.prewarm()) {
            throw new IllegalArgumentException("prewarm " + ProjectRules.MEANINGLESS_FOR_UPSTREAM);
        }
    }

    /** A project of an image that is not registered yet; {@link Projects} gives it its revision and dates. */
    public static Project draft(
            String name,
            String hostname,
            String image,
            int port,
            Map<String, String> env,
            Optional<Duration> idleTimeout) {
        return draft(name, hostname, new Source.Container(image, port, env), idleTimeout);
    }

    /** A project that is not registered yet; {@link Projects} gives it its revision and dates. */
    public static Project draft(String name, String hostname, Source source, Optional<Duration> idleTimeout) {
        Waking waking = Waking.USUAL.withIdleTimeout(idleTimeout);
        return new Project(name, hostname, source, waking, Optional.empty(), 0, Instant.EPOCH, Instant.EPOCH);
    }

    /** The same, but for when it sleeps and how it wakes. */
    public Project withWaking(Waking other) {
        return new Project(name, hostname, source, other, maxRequestBody, revision, createdAt, updatedAt);
    }

    /** The same with another limit of the bodies of requests. */
    public Project withMaxRequestBody(Optional<Long> octets) {
        return new Project(name, hostname, source, waking, octets, revision, createdAt, updatedAt);
    }

    /** Whether its requests go to something that Luma neither starts nor stops. */
    public boolean isExternal() {
        return source instanceof Source.External;
    }

    /** How long its endpoint is tried before a start has failed. */
    Duration startTimeout(Duration ofContainers) {
        return isExternal() ? Source.External.START_TIMEOUT : ofContainers;
    }

    /** How to run it; only for a project that is not {@link #isExternal}. */
    public Source.Container container() {
        if (source instanceof Source.Container container) {
            return container;
        }
        throw new IllegalStateException(name + " is not run by Luma");
    }

    /** The same as it was, or will be, at another time. */
    public Project asRevision(int number, Instant created, Instant updated) {
        return new Project(name, hostname, source, waking, maxRequestBody, number, created, updated);
    }

    /** Whether the other value runs differently, so that a running instance has to be replaced. */
    public boolean runsLike(Project other) {
        return source.equals(other.source);
    }

    /** Whether the other value needs an image that this one does not. */
    boolean needsOtherImageThan(Project before) {
        return source instanceof Source.Container now
                && !(before.source instanceof Source.Container old
                        && old.image().equals(now.image()));
    }

    /** Whether the other value has the same settings, whatever its revision. */
    boolean hasSettingsOf(Project other) {
        return equals(other.asRevision(revision, createdAt, updatedAt));
    }
}
