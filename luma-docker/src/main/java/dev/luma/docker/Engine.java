package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to an engine, from the handshake until it is lost. Calls never block the caller, and each ends: with
 * its answer, with the engine's refusal ({@link DockerException}), when its time is over, or when the connection is lost.
 * Thread-safe.
 */
final class Engine implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final Wire wire;
    private final DockerClient client;
    private final EngineFacts facts;
    private final ScheduledExecutorService timer;
    private final Consumer<Throwable> doubted;
    private final Consumer<Throwable> stuck;
    private final Set<TimedCall<?>> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param doubted told when a call failed in a way that lets doubt whether the engine still answers
     * @param stuck told when a call could not be ended; the connection must be closed
     */
    Engine(
            Wire wire,
            DockerClient client,
            EngineFacts facts,
            ScheduledExecutorService timer,
            Consumer<Throwable> doubted,
            Consumer<Throwable> stuck) {
        this.wire = wire;
        this.client = client;
        this.facts = facts;
        this.timer = timer;
        this.doubted = doubted;
        this.stuck = stuck;
    }

    EngineFacts facts() {
        return facts;
    }

    /** For streams; everything else goes through {@link #call}. */
    DockerClient client() {
        return client;
    }

    /** Makes a call on a thread of the pool. The result completes there, or on the timer's thread. */
    <T> CompletableFuture<T> call(Executor pool, String what, Duration limit, Function<DockerClient, T> verb) {
        TimedCall<T> call = new TimedCall<>(what, limit, () -> verb.apply(client), timer, stuck);
        calls.add(call);
        if (closed) {
            call.abandon(lost());
        }
        try {
            pool.execute(call);
        } catch (RejectedExecutionException full) {
            call.abandon(full);
        }
        return call.result().whenComplete((answer, error) -> {
            calls.remove(call);
            if (error != null && !(error instanceof DockerException) && !closed) {
                doubted.accept(error);
            }
        });
    }

    /** Ends every call and stream. */
    @Override
    public void close() {
        closed = true;
        calls.forEach(call -> call.abandon(lost()));
        try {
            wire.close();
        } catch (IOException | RuntimeException broken) {
            LOG.debug("Closing the connections to the engine", broken);
        }
    }

    private static EngineDownException lost() {
        return new EngineDownException("the connection to the Docker engine was lost");
    }
}
