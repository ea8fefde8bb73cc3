package dev.luma.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Project;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers on a Docker engine (API 1.41 or newer). Works when the engine is down too: it says so, and goes on when the
 * engine is back. Thread-safe; no method blocks.
 */
public final class DockerRuntime implements ContainerRuntime, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DockerRuntime.class);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Fleet fleet = new Fleet();
    private final Images images;
    private final Networks networks;
    private final Sandboxes sandboxes;
    private final Keeper keeper;
    private final Exits exits;
    private final Round round;
    private final EventFeed events;
    private final Connector connector;
    private final Freezer freezer;
    private final Stopper stopper;
    private final Starter starter;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final ScheduledFuture<?> rounds;
    private volatile Listener listener = new Nobody();

    private DockerRuntime(DockerSettings settings, DockerThreads threads, Ticker ticker) {
        this.settings = settings;
        this.threads = threads;
        this.images = new Images(settings, threads, ticker);
        this.exits = new Exits(settings, threads, () -> listener);
        Removal removal = new Removal(settings, threads);
        this.networks = new Networks(settings, threads);
        this.sandboxes = new Sandboxes(settings, threads, ticker, networks, removal);
        this.events = new EventFeed(settings, threads.timer(), new Ends());
        this.connector = new Connector(
                settings, threads, this::greet, this::look, status -> listener.availabilityChanged(status));
        this.keeper = new Keeper(settings, threads, ticker, connector, fleet, removal, sandboxes);
        this.round = new Round(settings, threads, fleet, exits, removal, sandboxes, keeper);
        this.freezer = new Freezer(settings, threads, connector);
        this.stopper = new Stopper(settings, threads, connector, fleet, removal, sandboxes, keeper);
        this.starter = new Starter(settings, threads, connector, images, networks, sandboxes, keeper, exits, stopper);
        long gap = settings.times().round().toNanos();
        this.rounds = threads.timer().scheduleWithFixedDelay(this::lookNow, gap, gap, TimeUnit.NANOSECONDS);
    }

    /** Begins to connect, and returns at once, whether the engine answers or not. */
    public static DockerRuntime create(DockerSettings settings, DockerThreads threads, Ticker ticker) {
        DockerRuntime runtime = unconnected(settings, threads, ticker);
        runtime.connect();
        return runtime;
    }

    /** Can be used at once; what is asked of it waits until it has connected. */
    public static DockerRuntime unconnected(DockerSettings settings, DockerThreads threads, Ticker ticker) {
        return new DockerRuntime(settings, threads, ticker);
    }

    /** Begins to connect, and returns at once, whether the engine answers or not. To be called once. */
    public void connect() {
        connector.open();
    }

    /**
     * Waits for the first try to connect, and makes each kind of call once, so that the first request does not pay for
     * the loading of classes. Never fails: without an engine it has less to do.
     */
    public CompletionStage<Void> warm() {
        return connector
                .engine()
                .thenCompose(engine ->
                        engine.call(threads.calls(), "warm up", settings.times().call(), client -> {
                            Warmth.spread(client, engine.facts(), Wire.json());
                            return true;
                        }))
                .handle((done, error) -> {
                    if (error != null) {
                        LOG.debug("Warming up failed", error);
                    }
                    return null;
                });
    }

    @Override
    public CompletionStage<Void> prepare(Project project) {
        return connector
                .engine()
                .thenCompose(engine -> images.ensure(engine, project.container().image()))
                .exceptionallyCompose(
                        error -> CompletableFuture.failedFuture(asStartFailure(project, Words.unwrap(error))));
    }

    @Override
    public void start(String instanceId, Project project, StartListener startListener) {
        Tracked tracked = new Tracked(instanceId, project, startListener);
        fleet.add(tracked);
        try {
            threads.starts().execute(() -> starter.start(tracked));
        } catch (RejectedExecutionException full) {
            starter.fail(tracked, full);
        }
    }

    @Override
    public CompletionStage<Void> stop(String instanceId, Duration grace) {
        return fleet.find(instanceId)
                .map(tracked -> stopper.stop(tracked, grace))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public CompletionStage<Void> sleep(String instanceId, Project project, Duration grace) {
        return fleet.find(instanceId)
                .map(tracked -> stopper.sleep(tracked, project, grace))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public void makeAhead(Project project) {
        keeper.makeAhead(project);
    }

    @Override
    public CompletionStage<Void> forget(Project project) {
        return keeper.forget(project);
    }

    @Override
    public CompletionStage<Void> pause(String instanceId) {
        return freezer.pause(fleet.find(instanceId), instanceId);
    }

    @Override
    public CompletionStage<Void> resume(String instanceId) {
        return freezer.resume(fleet.find(instanceId), instanceId);
    }

    @Override
    public CompletionStage<Boolean> check(String instanceId) {
        Optional<Tracked> tracked = fleet.find(instanceId);
        Optional<String> id = tracked.flatMap(Tracked::containerId);
        if (tracked.isEmpty() || id.isEmpty()) {
            return connector.engine().handle((engine, error) -> error == null);
        }
        return connector
                .engine()
                .thenCompose(engine -> engine.call(
                                threads.calls(),
                                "look at the container of " + instanceId,
                                settings.times().call(),
                                client -> isRunning(() ->
                                        client.inspectContainerCmd(id.get()).exec()))
                        .thenAccept(running -> {
                            if (!running) {
                                exits.ended(engine, tracked.get(), OptionalLong.empty());
                            }
                        }))
                .handle((done, error) -> error == null);
    }

    @Override
    public boolean isHere() {
        return connector.isHere();
    }

    @Override
    public Status status() {
        return connector.status();
    }

    @Override
    public List<Finding> findings() {
        Status now = status();
        Finding engine = new Finding("engine", now.available(), now.description() + " at " + settings.host());
        if (!now.available()) {
            return List.of(new Finding("engine", false, now.description()));
        }
        int most = startsAtOnce();
        return List.of(
                engine,
                sandboxes.finding(),
                keeper.finding(),
                new Finding("starts", true, "at most " + most + " at the same time just now"));
    }

    /**
     * One a core of those that need a network made, which the engine makes one after the other, and one more for each
     * sandbox that waits, since a start in it is less than half of the work.
     */
    @Override
    public int startsAtOnce() {
        int cores = Runtime.getRuntime().availableProcessors();
        return Math.min(4 * cores, cores + sandboxes.ready());
    }

    /** How many sandboxes wait for a container. */
    int sandboxesReady() {
        return sandboxes.ready();
    }

    @Override
    public void listen(Listener newListener) {
        this.listener = newListener;
    }

    /** Removes what was made to be ready for starts. No start may follow. Never fails. */
    public CompletionStage<Void> leave() {
        return connector
                .engine()
                .thenCompose(engine -> stopper.cleared()
                        .thenCompose(cleared -> keeper.end())
                        .thenCompose(gone -> sandboxes.end(engine))
                        .thenCompose(gone -> networks.remove(engine)))
                .exceptionally(error -> {
                    LOG.debug("Not all could be removed; the next start will", error);
                    return null;
                });
    }

    /** Lets go of the engine. Containers are left as they are; calls under way fail. */
    @Override
    public void close() {
        rounds.cancel(false);
        connector.close();
    }

    /** First the events, then the look, so that an end is noticed by one of the two. */
    private CompletionStage<Void> greet(Engine engine, Consumer<Throwable> lost) {
        images.forgetAll();
        return events.open(engine, lost)
                .thenCompose(open -> round.go(engine))
                .thenAccept(looked -> sandboxes.begin(engine));
    }

    private final class Ends implements EventFeed.Deaths {
        @Override
        public void died(Engine engine, String containerId, OptionalLong code) {
            fleet.findByContainer(containerId).ifPresent(tracked -> {
                if (tracked.ranBefore()) {
                    // This may be word of how it ended the last time.
                    tracked.settled().thenCompose(started -> check(tracked.instanceId()));
                } else {
                    exits.ended(engine, tracked, code);
                }
            });
        }

        @Override
        public void sandboxDied(Engine engine, String name) {
            if (!sandboxes.died(engine, name) && !keeper.sandboxDied(engine, name)) {
                fleet.those(tracked -> tracked.isIn(name)).forEach(tracked -> {
                    tracked.sandbox().ifPresent(Place.Sandbox::died);
                    // One that is still starting is looked after by its start.
                    if (tracked.isRunning()) {
                        exits.cutOff(tracked);
                    }
                });
            }
        }
    }

    private void lookNow() {
        if (status().available()) {
            connector.engine().thenAccept(this::look);
        }
    }

    /** One round; an engine that does not answer it is given up. */
    private void look(Engine engine) {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        round.go(engine).whenComplete((done, error) -> {
            looking.set(false);
            Throwable cause = error == null ? null : Words.unwrap(error);
            if (cause != null && !(cause instanceof DockerException)) {
                connector.lost(engine, cause);
            }
        });
    }

    private static boolean isRunning(Supplier<InspectContainerResponse> inspection) {
        try {
            return Boolean.TRUE.equals(inspection.get().getState().getRunning());
        } catch (NotFoundException gone) {
            return false;
        }
    }

    private static Throwable asStartFailure(Project project, Throwable error) {
        return error instanceof StartFailureException ? error : new StartFailureException(Failures.of(project, error));
    }

    /** Until somebody listens. */
    private static final class Nobody implements Listener {
        @Override
        public void ended(String project, String instanceId) {}

        @Override
        public void exited(String project, String instanceId, Exit exit) {}

        @Override
        public void availabilityChanged(Status status) {}
    }
}
