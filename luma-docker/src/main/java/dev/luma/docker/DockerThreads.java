package dev.luma.docker;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The threads on which the adapter works; whoever made them ends them, after {@link DockerRuntime#close}. The pools
 * should be bounded: each thread is in at most one call to the engine. They are apart so that many stops hold up no start.
 *
 * @param timer for limits and gaps; runs short tasks only, one thread is enough
 * @param starts for making and starting containers
 * @param stops for stopping and removing containers; no thread is held during a grace period
 * @param calls for everything else: connecting, looking, reading logs
 */
public record DockerThreads(ScheduledExecutorService timer, Executor starts, Executor stops, Executor calls) {}
