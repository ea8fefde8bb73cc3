package dev.luma.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a user registers: a name, a hostname, an image, a port, and how to run it. Immutable; a change of settings makes
 * a new value with the next revision. {@link ProjectRules} says which values are acceptable.
 *
 * @param name unique; a DNS label
 * @param hostname unique; lower case, without port or trailing dot
 * @param image a container image reference
 * @param port the TCP port on which the app listens inside the container
 * @param env environment variables for the container
 * @param idleTimeout how long an instance may be without a request before it sleeps; empty for the server's default
 * @param maxRequestBody the most octets that the body of a request may have, 0 for no limit; empty for the server's default
 * @param revision 1 at registration, one more for each change of settings
 * @param createdAt when the project was registered
 * @param updatedAt when this revision was made
 */
public record Project(
        String name,
        String hostname,
        String image,
        int port,
        Map<String, String> env,
        Optional<Duration> idleTimeout,
        Optional<Long> maxRequestBody,
        int revision,
        Instant createdAt,
        Instant updatedAt) {

    public Project {
        ProjectRules.require("name", ProjectRules.name(name));
        ProjectRules.require("hostname", ProjectRules.hostname(hostname));
        ProjectRules.require("docker_image", ProjectRules.image(image));
        ProjectRules.require("container_port", ProjectRules.port(port));
        ProjectRules.require("env_vars", ProjectRules.env(env));
        ProjectRules.require("idle_timeout", idleTimeout.flatMap(ProjectRules::idleTimeout));
        ProjectRules.require("max_request_body", maxRequestBody.flatMap(ProjectRules::maxRequestBody));
        env = Map.copyOf(env);
    }

    /** A project that is not registered yet; {@link Projects} gives it its revision and dates. */
    public static Project draft(
            String name,
            String hostname,
            String image,
            int port,
            Map<String, String> env,
            Optional<Duration> idleTimeout) {
        return new Project(
                name, hostname, image, port, env, idleTimeout, Optional.empty(), 0, Instant.EPOCH, Instant.EPOCH);
    }

    /** The same with another limit of the bodies of requests. */
    public Project withMaxRequestBody(Optional<Long> octets) {
        return new Project(name, hostname, image, port, env, idleTimeout, octets, revision, createdAt, updatedAt);
    }

    Project asRevision(int number, Instant created, Instant updated) {
        return new Project(name, hostname, image, port, env, idleTimeout, maxRequestBody, number, created, updated);
    }

    /** Whether the other value runs differently, so that a running instance has to be replaced. */
    public boolean runsLike(Project other) {
        return image.equals(other.image) && port == other.port && env.equals(other.env);
    }

    /** Whether the other value has the same settings, whatever its revision. */
    boolean hasSettingsOf(Project other) {
        return equals(other.asRevision(revision, createdAt, updatedAt));
    }
}
