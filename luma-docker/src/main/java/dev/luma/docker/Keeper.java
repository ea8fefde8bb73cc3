package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.luma.core.ContainerRuntime.Finding;
import dev.luma.core.Durations;
import dev.luma.core.Project;
import dev.luma.core.Ticker;
import dev.luma.core.Way;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps containers of projects that sleep, so that a wake only has to start one: those that have run and ended well, and
 * those that it makes ahead of the first wake. Each holds a sandbox, without which little would be gained. What it makes
 * ahead and what it is asked to forget it does one after the other, behind the wakes. Thread-safe.
 */
final class Keeper {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** A container is made ahead when nobody has asked for the project at once, who would have to wait the longer for it. */
    private static final Duration QUIET = Duration.ofMillis(500);

    /** Up to here a code says that the process ended by itself, above it which signal has ended it. */
    private static final long SIGNALLED = 128;

    /** SIGHUP, SIGINT, SIGQUIT and SIGTERM, by which one is asked to end. */
    private static final Set<Long> ASKED = Set.of(SIGNALLED + 1, SIGNALLED + 2, SIGNALLED + 3, SIGNALLED + 15);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Ticker ticker;
    private final Connector connector;
    private final Fleet fleet;
    private final Removal removal;
    private final Sandboxes sandboxes;
    private final Shelf shelf;
    private final Underway discards = new Underway();
    private final AtomicLong numbers = new AtomicLong();
    private final String suffix;

    /** The labels of all that are kept, or were until somebody took them, and of those that are being made. */
    private final Set<String> labels = ConcurrentHashMap.newKeySet();

    /** The end of what is done one after the other. Guarded by this. */
    private CompletionStage<Void> line = CompletableFuture.completedFuture(null);

    private volatile boolean over;

    Keeper(
            DockerSettings settings,
            DockerThreads threads,
            Ticker ticker,
            Connector connector,
            Fleet fleet,
            Removal removal,
            Sandboxes sandboxes) {
        this.settings = settings;
        this.threads = threads;
        this.ticker = ticker;
        this.connector = connector;
        this.fleet = fleet;
        this.removal = removal;
        this.sandboxes = sandboxes;
        this.shelf = new Shelf(settings.kept().count(), settings.kept().age(), ticker);
        this.suffix = "-ahead-" + Long.toHexString(ticker.instant().toEpochMilli()) + "-";
    }

    /** The container that is kept for the project, and belongs to the caller from now on; empty if a new one is needed. */
    CompletionStage<Optional<Kept>> take(Engine engine, Project project) {
        Optional<Kept> found = shelf.take(project.name());
        if (found.isEmpty()) {
            return CompletableFuture.completedFuture(found);
        }
        Kept kept = found.get();
        CompletionStage<Boolean> current =
                kept.serves(project) ? isOfCurrentImage(engine, kept) : CompletableFuture.completedFuture(false);
        return current.thenApply(whether -> {
            if (!whether) {
                discard(engine, kept);
            }
            return whether ? found : Optional.empty();
        });
    }

    /** Who builds an image anew under the same name wants to see it at the next wake. */
    private CompletionStage<Boolean> isOfCurrentImage(Engine engine, Kept kept) {
        String image = kept.project().container().image();
        return engine.call(
                        threads.calls(),
                        "look at the image " + image,
                        settings.times().call(),
                        client -> kept.imageId()
                                .equals(client.inspectImageCmd(image).exec().getId()))
                .exceptionally(missing -> false);
    }

    /** Keeps the container of an instance that was asked to end, if it is worth keeping; false if it has to be removed. */
    CompletionStage<Boolean> keep(Engine engine, Tracked tracked, Project now) {
        Optional<String> id = tracked.containerId();
        Optional<Place.Sandbox> sandbox = tracked.sandbox().filter(each -> !each.isDead());
        OptionalLong since = tracked.keptSince();
        if (over
                || (since.isPresent() && shelf.isOver(since.getAsLong()))
                || now.waking().ephemeral()
                || settings.kept().count() == 0
                || id.isEmpty()
                || sandbox.isEmpty()
                || !tracked.project().runsLike(now)) {
            return CompletableFuture.completedFuture(false);
        }
        return engine.call(
                        threads.stops(),
                        "see how " + tracked.instanceId() + " ended",
                        settings.times().call(),
                        client -> client.inspectContainerCmd(id.get()).exec())
                .thenApply(container -> {
                    if (!endedWell(container.getState())) {
                        return false;
                    }
                    put(
                            engine,
                            new Kept(
                                    tracked.madeFor(),
                                    id.get(),
                                    imageId(container),
                                    now,
                                    sandbox.get(),
                                    Way.KEPT,
                                    since.orElseGet(ticker::nanos)));
                    return true;
                })
                .exceptionally(gone -> false);
    }

    /** One that had to be killed may have left behind what keeps it from starting again: half a file, a lock. */
    private static boolean endedWell(ContainerState state) {
        long code = Objects.requireNonNullElse(state.getExitCodeLong(), SIGNALLED);
        return !Boolean.TRUE.equals(state.getRunning())
                && !Boolean.TRUE.equals(state.getOOMKilled())
                && (code < SIGNALLED || ASKED.contains(code));
    }

    private static String imageId(InspectContainerResponse container) {
        return Objects.requireNonNullElse(container.getImageId(), "");
    }

    private void put(Engine engine, Kept kept) {
        labels.add(kept.madeFor());
        shelf.put(kept).forEach(displaced -> discard(engine, displaced));
    }

    /** Makes a container for a project that sleeps, unless there is one or no room; removes one of other settings. */
    void makeAhead(Project project) {
        inLine(engine -> {
            shelf.find(project.name())
                    .filter(kept -> !kept.serves(project))
                    .flatMap(kept -> shelf.take(project.name()))
                    .ifPresent(outdated -> discard(engine, outdated));
            return isWanted(project)
                    ? Pause.of(QUIET, threads.timer()).thenCompose(quiet -> makeNow(engine, project))
                    : CompletableFuture.completedFuture(null);
        });
    }

    private boolean isWanted(Project project) {
        return !over
                && !project.isExternal()
                && shelf.hasRoom()
                && shelf.find(project.name()).isEmpty()
                && fleet.those(tracked -> tracked.project().name().equals(project.name()))
                        .isEmpty();
    }

    private CompletionStage<Void> makeNow(Engine engine, Project project) {
        return isWanted(project)
                ? sandboxes
                        .oneMore(engine)
                        .thenCompose(sandbox -> sandbox.isPresent()
                                ? makeIn(engine, project, sandbox.get())
                                : CompletableFuture.completedFuture(null))
                : CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> makeIn(Engine engine, Project project, Place.Sandbox sandbox) {
        String label = project.name() + suffix + numbers.incrementAndGet();
        labels.add(label);
        return engine.call(
                        threads.calls(),
                        "make a container of " + project.name() + " ahead of time",
                        settings.times().start(),
                        client -> make(client, engine.facts(), project, label, sandbox))
                .thenAccept(kept -> putIfWanted(engine, kept))
                .whenComplete((made, error) -> {
                    if (error != null) {
                        // The next round finds whatever there is of it.
                        labels.remove(label);
                        sandboxes.discard(engine, sandbox);
                    }
                });
    }

    /** Meanwhile somebody may have asked for the project, or others that have run may have taken the room. */
    private void putIfWanted(Engine engine, Kept kept) {
        if (isWanted(kept.project())) {
            put(engine, kept);
        } else {
            discard(engine, kept);
        }
    }

    private Kept make(DockerClient client, EngineFacts facts, Project project, String label, Place.Sandbox sandbox) {
        String id = new ContainerSpec(settings.owner(), label, project, sandbox)
                .command(client, facts)
                .exec()
                .getId();
        return new Kept(
                label, id, imageId(client.inspectContainerCmd(id).exec()), project, sandbox, Way.AHEAD, ticker.nanos());
    }

    /** Done when nothing is kept for the project. */
    CompletionStage<Void> forget(Project project) {
        return inLine(engine -> {
                    List<Kept> its = shelf.takeThose(kept -> kept.isOf(project));
                    return its.isEmpty() ? CompletableFuture.completedFuture(null) : discard(engine, its.get(0));
                })
                .whenComplete((gone, error) -> {
                    if (error != null) {
                        // Nobody asks again, so the first round of the next connection has to find it.
                        shelf.takeThose(kept -> kept.isOf(project)).forEach(this::letGo);
                    }
                });
    }

    private void letGo(Kept kept) {
        labels.remove(kept.madeFor());
        sandboxes.letGo(kept.sandbox());
    }

    /** Done when nothing is left of it. Never fails: what could not be removed now is found by the next round. */
    CompletionStage<Void> discard(Engine engine, Kept kept) {
        return discards.add(removal.remove(engine, kept.containerId())
                .whenComplete((gone, error) -> labels.remove(kept.madeFor()))
                .handle((gone, error) -> null)
                .thenCompose(gone -> sandboxes.discard(engine, kept.sandbox()))
                .exceptionally(error -> {
                    LOG.debug(
                            "What was kept of {} will be removed later",
                            kept.project().name(),
                            error);
                    return null;
                }));
    }

    /** The sandbox of that name has ended; false if nothing that is kept is in it. */
    boolean sandboxDied(Engine engine, String name) {
        List<Kept> lost = shelf.takeThose(kept -> kept.sandbox().name().equals(name));
        lost.forEach(kept -> discard(engine, kept));
        return !lost.isEmpty();
    }

    List<Kept> all() {
        return shelf.all();
    }

    /**
     * What the engine holds, by container: gives up what is not there any more, and what has been kept for long enough.
     *
     * @param before what was kept before the engine was asked
     */
    void lookedAt(Engine engine, List<Kept> before, Map<String, String> states) {
        shelf.takeThose(kept -> before.contains(kept)
                        && (!states.containsKey(kept.containerId())
                                || !"running".equals(states.get(kept.sandbox().containerId()))))
                .forEach(lost -> discard(engine, lost));
        shelf.takeExpired().forEach(old -> discard(engine, old));
    }

    /** Whether a container with this label is kept, or was taken and is not gone yet. */
    boolean knows(String label) {
        return labels.contains(label);
    }

    /** Nothing is left of the container with this label. */
    void gone(String label) {
        labels.remove(label);
    }

    /** What there is to say of them, in a sentence. */
    Finding finding() {
        int most = settings.kept().count();
        String sentence;
        if (most == 0) {
            sentence = "no containers of sleeping projects are kept (kept_containers: 0), so that wakes take longer";
        } else if (!sandboxes.areUsed()) {
            sentence = "no containers of sleeping projects are kept, as there are no sandboxes for them";
        } else {
            sentence = shelf.all().size() + " of at most " + most + " containers of sleeping projects, for "
                    + Durations.format(settings.kept().age()) + " each";
        }
        return new Finding("kept", true, sentence);
    }

    /** Keeps nothing any more. Done when nothing is left of what was kept. */
    CompletionStage<Void> end() {
        over = true;
        return inLine(engine -> {
            shelf.takeThose(kept -> true).forEach(kept -> discard(engine, kept));
            return discards.over();
        });
    }

    /** Behind whatever was asked for before, however that ends; fails if there is no engine. */
    private synchronized CompletionStage<Void> inLine(Function<Engine, CompletionStage<Void>> task) {
        CompletionStage<Void> mine =
                line.thenCompose(before -> connector.engine()).thenCompose(task);
        line = mine.exceptionally(error -> {
            Throwable cause = Words.unwrap(error);
            if (cause instanceof NotFoundException || cause instanceof EngineDownException) {
                LOG.debug("Nothing was made ahead of time", cause);
            } else {
                LOG.warn("A container could not be made ahead of time ({}); a wake makes its own", cause.getMessage());
            }
            return null;
        });
        return mine;
    }
}
