package dev.luma.docker;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of sandboxes. A wake takes one, and so is spared what is slowest of a start: the making of a network. Each is
 * used once. Whether that gains anything on this engine is measured when the connection is made, before the pool is
 * filled. Thread-safe.
 */
final class Sandboxes {

    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);

    /** A new one is made when the wake that took the last one is over: it would be slower for it. */
    private static final Duration AFTER_A_WAKE = Duration.ofMillis(300);

    private static final Duration LONGEST_GAP = Duration.ofMinutes(1);

    /** Below this share of a start with a network of its own, a sandbox is worth what it costs. */
    private static final double WORTH = 0.8;

    private static final int TRIES = 2;

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Ticker ticker;
    private final Networks networks;
    private final Removal removal;

    /** The names of all that exist in the engine or are about to; whatever else is found there is of an earlier run. */
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    private final Queue<Place.Sandbox> ready = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean making = new AtomicBoolean();
    private final AtomicLong numbers = new AtomicLong();
    private final String prefix;
    private volatile CompletionStage<Void> underway = CompletableFuture.completedFuture(null);
    private volatile @Nullable Pool pool;
    private volatile Duration gap;
    private volatile ContainerRuntime.Finding found = finding(true, "are not needed before there is an engine");

    /** What is there for one connection. */
    private record Pool(Engine engine, SandboxMaker maker, int wanted) {}

    Sandboxes(DockerSettings settings, DockerThreads threads, Ticker ticker, Networks networks, Removal removal) {
        this.settings = settings;
        this.threads = threads;
        this.ticker = ticker;
        this.networks = networks;
        this.removal = removal;
        this.gap = settings.times().firstGap();
        this.prefix = "luma-sandbox-" + Long.toHexString(ticker.instant().toEpochMilli()) + "-";
    }

    /** A new connection to an engine: finds out whether sandboxes are worth having there, and makes some. Returns at once. */
    void begin(Engine engine) {
        pool = null;
        Optional<SandboxProgram> program =
                SandboxProgram.forArchitecture(engine.facts().architecture());
        Optional<String> obstacle = obstacle(engine.facts(), program);
        if (obstacle.isPresent()) {
            found = finding(true, obstacle.get());
            return;
        }
        found = finding(true, "are being measured");
        SandboxMaker maker = new SandboxMaker(settings.owner(), program.get(), ticker);
        // Those that are made for the measuring can be used by whoever is in a hurry.
        pool = new Pool(engine, maker, settings.sandboxes());
        boolean alone = making.compareAndSet(false, true);
        underway = networks.ensure(engine)
                .thenCompose(network -> engine.call(
                        threads.calls(),
                        "make the image of sandboxes",
                        settings.times().start(),
                        client -> {
                            maker.makeImage(client);
                            return network;
                        }))
                .thenCompose(network -> measure(engine, maker, network))
                .handle((worth, error) -> {
                    if (alone) {
                        making.set(false);
                    }
                    if (error != null) {
                        String why = Words.unwrap(error).getMessage();
                        LOG.warn(
                                "Sandboxes cannot be made ({}); containers start without them, which takes longer",
                                why);
                        found = finding(false, "cannot be made, so that wakes take longer: " + why);
                    }
                    if (error != null || !worth) {
                        giveUp(engine);
                    } else {
                        fill();
                    }
                    return null;
                });
    }

    private void giveUp(Engine engine) {
        Pool now = pool;
        if (now != null && now.engine() == engine) {
            pool = null;
        }
        discardAll(engine);
    }

    /** One that is ready and belongs to the caller from now on; empty when there is none. */
    Optional<Place.Sandbox> take(Engine engine) {
        Pool now = pool;
        if (now == null || now.engine() != engine) {
            return Optional.empty();
        }
        for (Place.Sandbox next = ready.poll(); next != null; next = ready.poll()) {
            if (!next.isDead()) {
                return Optional.of(next);
            }
        }
        return Optional.empty();
    }

    /**
     * One that is made for the caller, behind whatever is being made, so that those that wait are left to others; empty
     * where sandboxes are of no use.
     */
    CompletionStage<Optional<Place.Sandbox>> oneMore(Engine engine) {
        return underway.thenCompose(over -> {
            Pool now = pool;
            return now == null || now.engine() != engine
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : networks.ensure(engine)
                            .thenCompose(network -> make(engine, now.maker(), network))
                            .thenApply(made -> Optional.of(made.sandbox()));
        });
    }

    /** A wake that may have taken one is over. */
    void fillSoon() {
        if (pool != null) {
            Pause.of(AFTER_A_WAKE, threads.timer()).thenAccept(over -> fill());
        }
    }

    /** Whether it still holds its network. Asks the engine, since the event may be on its way still. */
    CompletionStage<Boolean> isAlive(Engine engine, Place.Sandbox sandbox) {
        Pool now = pool;
        if (now == null || sandbox.isDead()) {
            return CompletableFuture.completedFuture(false);
        }
        return engine.call(
                threads.calls(),
                "look at the sandbox " + sandbox.name(),
                settings.times().call(),
                client -> now.maker().isAlive(client, sandbox));
    }

    /** Done when nothing is left of it. Whoever was in it must be gone before. */
    CompletionStage<Void> discard(Engine engine, Place.Sandbox sandbox) {
        sandbox.died();
        return removal.remove(engine, sandbox.containerId())
                .whenComplete((gone, error) -> names.remove(sandbox.name()));
    }

    /** The same as far as it can be done without an engine: the next round removes it. */
    void letGo(Place.Sandbox sandbox) {
        sandbox.died();
        names.remove(sandbox.name());
    }

    /** The container of that name has ended; false if it is none that waits in the pool. */
    boolean died(Engine engine, String name) {
        Optional<Place.Sandbox> waiting =
                ready.stream().filter(each -> each.name().equals(name)).findFirst();
        if (waiting.isEmpty() || !ready.remove(waiting.get())) {
            return false;
        }
        LOG.info("The sandbox {} has ended; making another", name);
        discard(engine, waiting.get());
        fillSoon();
        return true;
    }

    List<Place.Sandbox> waiting() {
        return List.copyOf(ready);
    }

    /**
     * What the engine holds, by container: those that it does not run any more are given up.
     *
     * @param before those that waited before the engine was asked: its answer may be older than those that came since
     */
    void lookedAt(Engine engine, List<Place.Sandbox> before, Map<String, String> states) {
        List<String> dead = before.stream()
                .filter(each -> !"running".equals(states.get(each.containerId())))
                .map(Place.Sandbox::name)
                .toList();
        dead.forEach(name -> died(engine, name));
        fill();
    }

    /** What there is to say of them, in a sentence. */
    ContainerRuntime.Finding finding() {
        Pool now = pool;
        return now == null
                ? found
                : finding(found.fine(), ready.size() + " of " + now.wanted() + " wait, and " + found.sentence());
    }

    private Optional<String> obstacle(EngineFacts facts, Optional<SandboxProgram> program) {
        if (settings.sandboxes() == 0) {
            return Optional.of("are turned off (sandboxes: 0), so that wakes take longer");
        }
        if (!facts.direct()) {
            return Optional.of("cannot be used: containers are not reached on their own address from here");
        }
        return program.isPresent()
                ? Optional.empty()
                : Optional.of("cannot be used: there is no program for a processor of " + facts.architecture());
    }

    private static ContainerRuntime.Finding finding(boolean fine, String sentence) {
        return new ContainerRuntime.Finding("sandboxes", fine, sentence);
    }

    /** Whether there is any use for them here, as far as that is known. */
    boolean areUsed() {
        return pool != null;
    }

    int ready() {
        return pool == null ? 0 : ready.size();
    }

    /** Whether a sandbox of this name is one of this run. */
    boolean knows(String name) {
        return names.contains(name);
    }

    /** Makes no more, and removes those that wait. */
    CompletionStage<Void> end(Engine engine) {
        pool = null;
        // The one that is being made is of no use either.
        return underway.thenCompose(over -> discardAll(engine));
    }

    private CompletionStage<Void> discardAll(Engine engine) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Place.Sandbox next = ready.poll(); next != null; next = ready.poll()) {
            all.add(discard(engine, next).toCompletableFuture());
        }
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    private void fill() {
        Pool now = pool;
        if (now == null || ready.size() >= now.wanted() || !making.compareAndSet(false, true)) {
            return;
        }
        underway = networks.ensure(now.engine())
                .thenCompose(network -> make(now.engine(), now.maker(), network))
                .handle((made, error) -> {
                    making.set(false);
                    if (error == null) {
                        gap = settings.times().firstGap();
                        put(made.sandbox());
                    } else {
                        later(now.engine(), Words.unwrap(error));
                    }
                    return null;
                });
    }

    private void put(Place.Sandbox sandbox) {
        ready.add(sandbox);
        fill();
    }

    private void later(Engine engine, Throwable error) {
        // A new connection begins anew.
        if (pool == null || error instanceof EngineDownException) {
            return;
        }
        // Perhaps because somebody has removed the network: then the next try makes another.
        networks.ensure(engine).thenCompose(network -> networks.isThere(engine, network));
        LOG.warn("A sandbox could not be made ({}); trying again in {} ms", error.getMessage(), gap.toMillis());
        Pause.of(gap, threads.timer()).thenAccept(over -> fill());
        Duration next = gap.multipliedBy(2);
        gap = next.compareTo(LONGEST_GAP) > 0 ? LONGEST_GAP : next;
    }

    private CompletionStage<SandboxMaker.Made> make(Engine engine, SandboxMaker maker, Place network) {
        String name = newName();
        return engine.call(
                        threads.calls(),
                        "make a sandbox",
                        settings.times().start(),
                        client -> maker.make(client, name, network))
                .whenComplete((made, error) -> {
                    if (error != null) {
                        // The next round finds whatever there is of it.
                        names.remove(name);
                    }
                });
    }

    /** Makes sandboxes and starts a container in each, and compares how long the engine took for one and for the other. */
    private CompletionStage<Boolean> measure(Engine engine, SandboxMaker maker, Place network) {
        return tryOnce(engine, maker, network, TRIES, new Gain(Long.MAX_VALUE, Long.MAX_VALUE))
                .thenApply(gain -> {
                    boolean worth = gain.within() < gain.alone() * WORTH;
                    String measured = "the engine starts a container in " + gain.alone() / 1_000_000
                            + " ms, in a sandbox in " + gain.within() / 1_000_000 + " ms";
                    LOG.info("Sandboxes are {}: {}", worth ? "used" : "not worth having", measured);
                    found = finding(true, (worth ? "are used: " : "are not worth having: ") + measured);
                    return worth;
                });
    }

    /** In nanoseconds. */
    private record Gain(long alone, long within) {
        Gain best(Duration otherAlone, Duration otherWithin) {
            return new Gain(Math.min(alone, otherAlone.toNanos()), Math.min(within, otherWithin.toNanos()));
        }
    }

    private CompletionStage<Gain> tryOnce(Engine engine, SandboxMaker maker, Place network, int left, Gain sofar) {
        if (left == 0) {
            return CompletableFuture.completedFuture(sofar);
        }
        return make(engine, maker, network).thenCompose(made -> {
            String name = newName();
            return engine.call(
                            threads.calls(),
                            "measure a start",
                            settings.times().start(),
                            client -> maker.startWithin(client, name, made.sandbox()))
                    .thenCompose(within -> removal.removeSandbox(engine, name).thenApply(gone -> within))
                    .whenComplete((within, error) -> {
                        if (error != null) {
                            // Also if only the removal has failed: nobody else knows of it.
                            discard(engine, made.sandbox());
                        }
                    })
                    .thenCompose(within -> {
                        keepOrDiscard(engine, made.sandbox());
                        return tryOnce(engine, maker, network, left - 1, sofar.best(made.took(), within));
                    })
                    .whenComplete((gain, error) -> names.remove(name));
        });
    }

    private void keepOrDiscard(Engine engine, Place.Sandbox sandbox) {
        if (ready.size() < settings.sandboxes()) {
            ready.add(sandbox);
        } else {
            discard(engine, sandbox);
        }
    }

    private String newName() {
        String name = prefix + numbers.incrementAndGet();
        names.add(name);
        return name;
    }
}
