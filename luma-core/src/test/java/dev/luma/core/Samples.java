package dev.luma.core;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Projects for tests, all alike but for what a test is about. */
final class Samples {

    private Samples() {}

    static Project shop() {
        return draft("shop", "shop.localhost").asRevision(1, SimulatedTime.START, SimulatedTime.START);
    }

    static Project draft(String name, String hostname) {
        return Project.draft(name, hostname, "nginx:1.27", 80, Map.of("MODE", "test"), Optional.empty());
    }

    /** The same project, but run by somebody else. */
    static Project external(String host) {
        return Project.draft("shop", "shop.localhost", new Source.External(host, 80), Optional.empty())
                .asRevision(1, SimulatedTime.START, SimulatedTime.START);
    }

    static Project withImage(Project of, String image) {
        return next(
                of,
                of.hostname(),
                new Source.Container(image, of.source().port(), of.container().env()),
                of.idleTimeout());
    }

    static Project withHostname(Project of, String hostname) {
        return next(of, hostname, of.source(), of.idleTimeout());
    }

    static Project withIdleTimeout(Project of, Duration idleTimeout) {
        return next(of, of.hostname(), of.source(), Optional.of(idleTimeout));
    }

    /** The same project with something else behind it, whoever runs that. */
    static Project withSource(Project of, Source source) {
        return next(of, of.hostname(), source, source instanceof Source.External ? Optional.empty() : of.idleTimeout());
    }

    private static Project next(Project of, String hostname, Source source, Optional<Duration> idleTimeout) {
        return new Project(
                of.name(),
                hostname,
                source,
                idleTimeout,
                of.maxRequestBody(),
                of.revision() + 1,
                of.createdAt(),
                of.updatedAt());
    }
}
