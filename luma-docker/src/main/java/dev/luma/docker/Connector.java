package dev.luma.docker;

import dev.luma.core.ContainerRuntime.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the connection to the engine: connects, hears when it is lost, and connects again after a gap that doubles.
 * Thread-safe.
 */
final class Connector implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    /** What is done with a new connection before anybody else may use it. */
    interface Greeting {
        /**
         * Done when the connection may be used.
         *
         * @param lost to be told when the connection turns out to be broken
         */
        CompletionStage<Void> greet(Engine engine, Consumer<Throwable> lost);
    }

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Greeting greeting;
    private final Consumer<Engine> doubted;
    private final Consumer<Status> changed;

    // All guarded by this.
    private CompletableFuture<Engine> current = new CompletableFuture<>();
    private @Nullable Engine latest;
    private Status status;
    private boolean told;
    private Duration gap;
    private boolean closed;
    private @Nullable ScheduledFuture<?> retry;

    /**
     * @param doubted told when a call failed in a way that lets doubt whether the engine still answers
     * @param changed told when the engine answers, or does not any more
     */
    Connector(
            DockerSettings settings,
            DockerThreads threads,
            Greeting greeting,
            Consumer<Engine> doubted,
            Consumer<Status> changed) {
        this.settings = settings;
        this.threads = threads;
        this.greeting = greeting;
        this.doubted = doubted;
        this.changed = changed;
        this.gap = settings.times().firstGap();
        this.status = new Status(false, "connecting to the Docker engine at " + settings.host());
    }

    /**
     * The engine. Waits for a try to connect that is under way; between two tries it fails at once with
     * {@link EngineDownException}.
     */
    synchronized CompletionStage<Engine> engine() {
        return current.copy();
    }

    synchronized Status status() {
        return status;
    }

    /** Whether an engine answers, and runs on this machine. */
    synchronized boolean isHere() {
        return status.available() && latest != null && latest.facts().here();
    }

    /** Begins to connect. Returns at once. */
    void open() {
        AtomicReference<@Nullable Wire> opened = new AtomicReference<>();
        TimedCall<Engine> handshake = new TimedCall<>(
                "the handshake",
                settings.times().call(),
                () -> {
                    Wire wire = new Wire(settings);
                    opened.set(wire);
                    return shakeHands(wire);
                },
                threads.timer(),
                stuck -> close(opened.get()));
        CompletionStage<Engine> greeted =
                handshake.result().thenCompose(engine -> greet(engine).thenApply(done -> engine));
        greeted.whenComplete((engine, error) -> {
            if (error != null) {
                close(opened.get());
                down(error);
            } else if (!connected(engine)) {
                close(opened.get());
                down(new EngineDownException("the connection to the Docker engine was lost as soon as it was made"));
            }
        });
        try {
            threads.calls().execute(handshake);
        } catch (RejectedExecutionException full) {
            handshake.abandon(full);
        }
    }

    private Engine shakeHands(Wire wire) throws Exception {
        Handshake.Result hands = Handshake.with(wire, settings);
        AtomicReference<@Nullable Engine> self = new AtomicReference<>();
        Engine engine = new Engine(
                wire,
                hands.client(),
                hands.facts(),
                threads.timer(),
                doubt -> ifConnected(self.get(), doubted),
                stuck -> lost(self.get(), stuck));
        self.set(engine);
        return engine;
    }

    private CompletionStage<Void> greet(Engine engine) {
        synchronized (this) {
            if (closed) {
                engine.close();
            }
            latest = engine;
        }
        return greeting.greet(engine, broken -> lost(engine, broken));
    }

    private boolean connected(Engine engine) {
        Status now;
        CompletableFuture<Engine> waiting;
        synchronized (this) {
            if (latest != engine) {
                return false;
            }
            gap = settings.times().firstGap();
            status = new Status(true, engine.facts().description());
            now = status;
            told = true;
            waiting = current;
        }
        LOG.info(
                "{} at {}; containers are reached on {}",
                now.description(),
                settings.host(),
                engine.facts().direct()
                        ? "their own address"
                        : "ports published on " + engine.facts().publishAddress());
        waiting.complete(engine);
        changed.accept(now);
        return true;
    }

    private void ifConnected(@Nullable Engine engine, Consumer<Engine> action) {
        if (engine != null && isConnected(engine)) {
            action.accept(engine);
        }
    }

    private synchronized boolean isConnected(Engine engine) {
        return latest == engine && status.available();
    }

    /** The connection is of no use any more. Told more than once, it acts once. */
    void lost(@Nullable Engine engine, Throwable error) {
        boolean wasConnected;
        synchronized (this) {
            if (engine == null || latest != engine) {
                return;
            }
            wasConnected = status.available();
            latest = null;
        }
        // One that was still being greeted is missed when the greeting ends.
        if (wasConnected) {
            down(error);
        }
        engine.close();
    }

    private void down(Throwable error) {
        String description = Words.trouble(settings.host(), error);
        Status now = new Status(false, description);
        boolean news;
        CompletableFuture<Engine> failed;
        synchronized (this) {
            if (closed) {
                return;
            }
            news = status.available() || !told;
            if (news || !status.description().equals(description)) {
                LOG.warn("{}; trying again", description);
            }
            told = true;
            status = now;
            latest = null;
            failed = current.isDone() ? new CompletableFuture<>() : current;
            current = CompletableFuture.failedFuture(new EngineDownException(description));
            schedule();
        }
        failed.completeExceptionally(new EngineDownException(description));
        if (news) {
            changed.accept(now);
        }
    }

    private synchronized void schedule() {
        long wait = gap.toNanos();
        Duration next = gap.multipliedBy(2);
        Duration longest = settings.times().longestGap();
        gap = next.compareTo(longest) > 0 ? longest : next;
        retry = threads.timer().schedule(this::retry, wait, TimeUnit.NANOSECONDS);
    }

    private void retry() {
        synchronized (this) {
            if (closed) {
                return;
            }
            current = new CompletableFuture<>();
        }
        open();
    }

    @Override
    public void close() {
        Engine open;
        CompletableFuture<Engine> waiting;
        EngineDownException ended = new EngineDownException("Luma has let go of the Docker engine");
        synchronized (this) {
            closed = true;
            if (retry != null) {
                retry.cancel(false);
            }
            status = new Status(false, "Luma has let go of the Docker engine");
            open = latest;
            latest = null;
            waiting = current;
            current = CompletableFuture.failedFuture(ended);
        }
        waiting.completeExceptionally(ended);
        if (open != null) {
            open.close();
        }
    }

    private static void close(@Nullable Wire wire) {
        if (wire != null) {
            try {
                wire.close();
            } catch (IOException broken) {
                LOG.debug("Closing the connections to the engine", broken);
            }
        }
    }
}
