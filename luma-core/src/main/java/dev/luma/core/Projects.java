package dev.luma.core;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.Finding;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.ContainerRuntime.Status;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All registered projects. Reading never blocks; changes write to the store, block for it, and happen one at a time, so
 * they are made by the control plane's own threads.
 */
public final class Projects {

    private static final Logger LOG = LoggerFactory.getLogger(Projects.class);

    private final Map<String, Upstream> byName = new ConcurrentSkipListMap<>();
    private final RouteTable routes = new RouteTable();
    private final ProjectStore store;
    private final Ticker ticker;
    private final Upstream.World world;
    private final Supplier<String> prefixes;

    /** Removed projects of which something is left in the engine. */
    private final Set<Upstream> leaving = ConcurrentHashMap.newKeySet();

    private final Duration drainTimeout;
    private boolean closed;

    /**
     * @param memory of the machine on which Luma runs
     * @param prefixes makes short words, each different from those before it, also from those of earlier runs; they tell
     *     the instances of one registration from those of another
     */
    public Projects(
            ContainerRuntime runtime,
            ReadinessProbe probe,
            ProjectStore store,
            Ticker ticker,
            Scheduler scheduler,
            Limits limits,
            HostMemory memory,
            ProjectListener listener,
            Supplier<String> prefixes) {
        this.prefixes = prefixes;
        this.drainTimeout = limits.drainTimeout();
        this.store = store;
        this.ticker = ticker;
        this.world = new Upstream.World(
                runtime,
                probe,
                ticker,
                scheduler,
                limits,
                new Places(limits.maxWaiting()),
                new StartLine(() -> limits.startsAtOnce() > 0 ? limits.startsAtOnce() : runtime.startsAtOnce()),
                new MemoryWatch(memory, limits.memoryReserve(), runtime::isHere, ticker, scheduler),
                new PrewarmBudget(limits.prewarmMemory()),
                listener);
        runtime.listen(new FromRuntime());
    }

    /** The outcome of a change. */
    public sealed interface Change {
        /** It is done, and saved. */
        record Done(Upstream upstream) implements Change {}

        /** Another project has this value, or Luma is stopping. */
        record Conflict(String field, String sentence) implements Change {}

        /** There is no project of this name. */
        record Unknown(String name) implements Change {}
    }

    /** Brings back what the store kept. Called once, before anything else. */
    public synchronized void load() throws IOException {
        for (Project project : store.load()) {
            publish(project);
        }
    }

    /** What a person should know of the engine and of this machine, the most important first. */
    public List<Finding> findings() {
        return Stream.concat(
                        world.runtime().findings().stream(),
                        Stream.of(world.memory().finding()))
                .toList();
    }

    public RouteTable routes() {
        return routes;
    }

    public Optional<Upstream> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** All projects, by name. */
    public List<Upstream> all() {
        return List.copyOf(byName.values());
    }

    public synchronized Change register(Project draft) throws IOException {
        if (byName.containsKey(draft.name())) {
            return new Change.Conflict("name", "is taken: a project \"" + draft.name() + "\" is registered already");
        }
        Optional<Change> conflict = conflict(draft);
        if (conflict.isPresent()) {
            return conflict.get();
        }
        Instant now = ticker.instant();
        Project project = draft.asRevision(1, now, now);
        store.save(project);
        Upstream upstream = publish(project);
        getReady(upstream);
        return new Change.Done(upstream);
    }

    /**
     * Changes the settings of a project. Requests in flight finish with the old revision, new ones are served by the new.
     *
     * @param edit from the settings as they are to those that shall be; must keep the name
     */
    public synchronized Change change(String name, UnaryOperator<Project> edit) throws IOException {
        Upstream upstream = byName.get(name);
        if (upstream == null) {
            return new Change.Unknown(name);
        }
        Project before = upstream.project();
        Project draft = edit.apply(before);
        if (!draft.name().equals(name)) {
            throw new IllegalArgumentException("a change must keep the name " + name);
        }
        Optional<Change> conflict = conflict(draft);
        if (conflict.isPresent()) {
            return conflict.get();
        }
        if (draft.hasSettingsOf(before)) {
            upstream.settingsChanged(before);
            return new Change.Done(upstream);
        }
        Project after = draft.asRevision(before.revision() + 1, before.createdAt(), ticker.instant());
        store.save(after);
        upstream.settingsChanged(after);
        if (!after.hostname().equals(before.hostname())) {
            routes.put(after.hostname(), upstream);
            routes.remove(before.hostname());
        }
        if (!after.runsLike(before)) {
            getReady(upstream);
        }
        return new Change.Done(upstream);
    }

    /** Forgets a project: refuses who waits, lets requests in flight finish, and removes its container. */
    public synchronized Change remove(String name) throws IOException {
        Upstream upstream = byName.get(name);
        if (upstream == null) {
            return new Change.Unknown(name);
        }
        store.delete(name);
        byName.remove(name);
        routes.remove(upstream.project().hostname());
        leaving.add(upstream);
        upstream.close(
                        Refusal.of(Refusal.Reason.UNKNOWN_HOST, "the project " + name + " has been removed"),
                        drainTimeout)
                .thenCompose(gone -> world.runtime().forget(upstream.project()))
                .whenComplete((gone, error) -> leaving.remove(upstream));
        return new Change.Done(upstream);
    }

    /**
     * Refuses every request from now on and puts everything to sleep at once. Done when nothing is left in the engine,
     * of projects that were removed before either.
     *
     * @param limit how long requests in flight may go on
     */
    public synchronized CompletionStage<Void> close(Duration limit) {
        closed = true;
        // Before the first of them makes room for another one.
        world.starts().close();
        Refusal refusal = Refusal.of(Refusal.Reason.SHUTTING_DOWN, "Luma is stopping");
        return CompletableFuture.allOf(Stream.concat(byName.values().stream(), leaving.stream())
                .map(upstream -> upstream.close(refusal, limit).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    private Optional<Change> conflict(Project draft) {
        if (closed) {
            return Optional.of(new Change.Conflict("", "Luma is stopping"));
        }
        Upstream owner = routes.find(draft.hostname());
        return owner == null || owner.project().name().equals(draft.name())
                ? Optional.empty()
                : Optional.of(new Change.Conflict(
                        "hostname",
                        "is taken: \"" + draft.hostname() + "\" leads to the project \""
                                + owner.project().name() + "\""));
    }

    private Upstream publish(Project project) {
        Upstream upstream = new Upstream(project, prefixes.get(), world);
        byName.put(project.name(), upstream);
        routes.put(project.hostname(), upstream);
        if (project.isExternal()) {
            upstream.wake();
        }
        return upstream;
    }

    /** So that not even the first request waits for more than need be. */
    private void getReady(Upstream upstream) {
        Project project = upstream.project();
        if (project.isExternal()) {
            world.runtime().makeAhead(project);
            return;
        }
        world.runtime().prepare(project).whenComplete((done, error) -> {
            if (error == null) {
                makeAhead(upstream, project);
                return;
            }
            StartFailureException.in(error)
                    .ifPresentOrElse(
                            failure -> upstream.prepareFailed(project.revision(), failure),
                            () -> LOG.warn("Getting the image of {} ahead of time failed", project.name(), error));
        });
    }

    /** Unless the project has gone meanwhile, or needs another container: that one's image is got as well. */
    private void makeAhead(Upstream upstream, Project asked) {
        Project now = upstream.project();
        if (byName.get(now.name()) == upstream && now.runsLike(asked)) {
            world.runtime().makeAhead(now);
        }
    }

    private final class FromRuntime implements ContainerRuntime.Listener {
        @Override
        public void ended(String project, String instanceId) {
            Upstream upstream = byName.get(project);
            if (upstream != null) {
                upstream.ended(instanceId);
            }
        }

        @Override
        public void exited(String project, String instanceId, Exit exit) {
            Upstream upstream = byName.get(project);
            if (upstream != null) {
                upstream.exited(instanceId, exit);
            }
        }

        @Override
        public void outdated(String project, String instanceId) {
            Upstream upstream = byName.get(project);
            if (upstream != null) {
                upstream.outdated(instanceId);
            }
        }

        @Override
        public void availabilityChanged(Status status) {
            if (!status.available()) {
                byName.values().forEach(Upstream::runtimeLost);
            }
        }
    }
}
