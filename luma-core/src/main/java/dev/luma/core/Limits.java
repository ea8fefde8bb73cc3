package dev.luma.core;

import java.time.Duration;

/**
 * The bounds within which projects live, the same for all of them.
 *
 * @param idleTimeout without a request for this long, an instance is put to sleep; a project may have its own
 * @param pauseTimeout after this long a paused instance is stopped; a project may have its own
 * @param waitTimeout how long a request waits for its project to wake
 * @param lineCapacity how many requests may wait for one project
 * @param maxWaiting how many requests may wait for all projects together
 * @param startTimeout how long an app may take from its container's start until it answers
 * @param stopGrace how long a container may take to end after SIGTERM before it is killed
 * @param drainTimeout how long requests in flight may go on at an instance that is being replaced or stopped on demand
 * @param startsAtOnce how many containers may be started at the same time; 0 for as many as the runtime thinks right
 * @param memoryReserve how much memory should be available on the machine: with less, the longest paused are stopped
 * @param prewarmMemory how many octets instances may hold that are awake only because a request is expected
 */
public record Limits(
        Duration idleTimeout,
        Duration pauseTimeout,
        Duration waitTimeout,
        int lineCapacity,
        int maxWaiting,
        Duration startTimeout,
        Duration stopGrace,
        Duration drainTimeout,
        int startsAtOnce,
        MemoryReserve memoryReserve,
        long prewarmMemory) {

    private static final long USUAL_PREWARM_MEMORY = 512L << 20;

    public static final Limits DEFAULTS = new Limits(
            Duration.ofSeconds(20),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            1_000,
            10_000,
            Duration.ofSeconds(120),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    /** With as many starts at the same time as the runtime thinks right, and the usual amounts of memory. */
    public Limits(
            Duration idleTimeout,
            Duration pauseTimeout,
            Duration waitTimeout,
            int lineCapacity,
            int maxWaiting,
            Duration startTimeout,
            Duration stopGrace,
            Duration drainTimeout) {
        this(
                idleTimeout,
                pauseTimeout,
                waitTimeout,
                lineCapacity,
                maxWaiting,
                startTimeout,
                stopGrace,
                drainTimeout,
                0,
                MemoryReserve.DEFAULT,
                USUAL_PREWARM_MEMORY);
    }
}
