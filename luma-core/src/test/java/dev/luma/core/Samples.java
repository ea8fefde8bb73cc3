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
                of.waking());
    }

    static Project withHostname(Project of, String hostname) {
        return next(of, hostname, of.source(), of.waking());
    }

    static Project withIdleTimeout(Project of, Duration idleTimeout) {
        return next(of, of.hostname(), of.source(), of.waking().withIdleTimeout(Optional.of(idleTimeout)));
    }

    /** The same project, ready when this path is answered. */
    static Project withReadiness(Project of, String path) {
        return next(of, of.hostname(), of.source(), of.waking().withReadiness(Optional.of(new HttpGet(path))));
    }

    static Project withSleep(Project of, Waking.Sleep sleep) {
        return next(of, of.hostname(), of.source(), of.waking().withSleep(sleep, Optional.empty()));
    }

    static Project withPrewarm(Project of, boolean prewarm) {
        return next(of, of.hostname(), of.source(), of.waking().withPrewarm(prewarm));
    }

    /** The same project with something else behind it, whoever runs that. */
    static Project withSource(Project of, Source source) {
        return next(
                of,
                of.hostname(),
                source,
                source instanceof Source.External
                        ? Waking.USUAL.withReadiness(of.waking().readiness())
                        : of.waking());
    }

    private static Project next(Project of, String hostname, Source source, Waking waking) {
        return Project.draft(of.name(), hostname, source, Optional.empty())
                .withWaking(waking)
                .withMaxRequestBody(of.maxRequestBody())
                .asRevision(of.revision() + 1, of.createdAt(), of.updatedAt());
    }

    /** The usual ones but for what a host has for all projects together. */
    static Limits limits(int startsAtOnce, MemoryReserve memoryReserve, long prewarmMemory) {
        Limits usual = Limits.DEFAULTS;
        return new Limits(
                usual.idleTimeout(),
                usual.pauseTimeout(),
                usual.waitTimeout(),
                usual.lineCapacity(),
                usual.maxWaiting(),
                usual.startTimeout(),
                usual.stopGrace(),
                usual.drainTimeout(),
                startsAtOnce,
                memoryReserve,
                prewarmMemory);
    }
}
