package dev.luma.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An engine without containers, which does what the test says. It watches over what every engine may rely on, and
 * keeps each violation until somebody asks: an exception would be caught by the mailbox.
 */
final class FakeRuntime implements ContainerRuntime {

    /** What happens at a start and at a stop; by default a start waits for the test, and a stop is done at once. */
    Consumer<FakeContainer> onStart = container -> {};

    Consumer<FakeContainer> onStop = FakeContainer::finishStop;
    Function<FakeContainer, CompletionStage<Void>> onPause = container -> CompletableFuture.completedFuture(null);
    Function<FakeContainer, CompletionStage<Void>> onResume = container -> CompletableFuture.completedFuture(null);
    Consumer<Project> onPrepare = project -> {};
    Consumer<FakeContainer> onCheck = container -> {};
    CompletionStage<Void> prepared = CompletableFuture.completedFuture(null);
    volatile int startsAtOnce = 64;
    /** Whether it runs on this machine. */
    volatile boolean here = true;

    private final SimulatedTime time;
    private final Limits limits;
    private final FakeProbe probe = new FakeProbe(this);
    private final Map<String, FakeContainer> containers = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final List<Project> preparations = Collections.synchronizedList(new ArrayList<>());
    private final List<Project> madeAhead = Collections.synchronizedList(new ArrayList<>());
    private final List<Project> forgotten = Collections.synchronizedList(new ArrayList<>());
    private volatile Listener listener;
    private volatile boolean down;

    FakeRuntime(SimulatedTime time, Limits limits) {
        this.time = time;
        this.limits = limits;
    }

    @Override
    public CompletionStage<Void> prepare(Project project) {
        preparations.add(project);
        onPrepare.accept(project);
        return prepared;
    }

    @Override
    public void start(String instanceId, Project project, StartListener told) {
        FakeContainer container = new FakeContainer(
                this,
                instanceId,
                project,
                new Endpoint(
                        "10.0.0." + (containers.size() + 1), project.source().port(), Endpoint.Reach.DIRECT),
                told);
        for (FakeContainer other : containers()) {
            // What Luma does not run may be looked for at two places for a moment: nothing is started there.
            if (!project.isExternal()
                    && other.isStarting()
                    && other.project.name().equals(project.name())) {
                violations.add("start of " + instanceId + " while " + other + " is starting");
            }
        }
        if (!project.isExternal()
                && containers().stream().filter(FakeContainer::isAtTheEngine).count() >= startsAtOnce) {
            violations.add("start of " + instanceId + " while " + startsAtOnce + " others are starting");
        }
        if (containers.put(instanceId, container) != null) {
            violations.add("second start of " + instanceId);
        }
        if (isDownFor(container)) {
            container.failStart(Refusal.Reason.RUNTIME_DOWN, "the engine does not answer");
        } else {
            onStart.accept(container);
        }
    }

    @Override
    public CompletionStage<Void> stop(String instanceId, Duration grace) {
        FakeContainer container = containers.get(instanceId);
        if (container == null) {
            violations.add("stop of " + instanceId + ", which was never started");
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = container.askToStop(now(), violations);
        if (isDownFor(container)) {
            container.failStop();
        } else {
            onStop.accept(container);
        }
        return done;
    }

    @Override
    public CompletionStage<Void> sleep(String instanceId, Project project, Duration grace) {
        FakeContainer container = containers.get(instanceId);
        if (!container.hasBeenReady()) {
            violations.add("sleep of " + container + ", which was never ready");
        }
        container.slept = true;
        return stop(instanceId, grace);
    }

    @Override
    public void makeAhead(Project project) {
        madeAhead.add(project);
    }

    @Override
    public CompletionStage<Void> forget(Project project) {
        forgotten.add(project);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> pause(String instanceId) {
        FakeContainer container = containers.get(instanceId);
        if (container.leases.get() > 0) {
            violations.add("pause of " + container);
        }
        return onPause.apply(container);
    }

    @Override
    public CompletionStage<Void> resume(String instanceId) {
        return onResume.apply(containers.get(instanceId));
    }

    @Override
    public CompletionStage<Boolean> check(String instanceId) {
        FakeContainer container = containers.get(instanceId);
        if (isDownFor(container)) {
            return CompletableFuture.completedFuture(false);
        }
        onCheck.accept(container);
        if (container.life() == FakeContainer.Life.EXITED) {
            container.exit(137);
        }
        return CompletableFuture.completedFuture(true);
    }

    /** What Luma does not run needs no engine. */
    private boolean isDownFor(FakeContainer container) {
        return down && !container.project.isExternal();
    }

    @Override
    public int startsAtOnce() {
        return startsAtOnce;
    }

    @Override
    public boolean isHere() {
        return here && !down;
    }

    @Override
    public Status status() {
        return new Status(!down, "a fake");
    }

    @Override
    public void listen(Listener told) {
        listener = told;
    }

    /** The engine stops answering: starts and stops fail, and so does whatever is asked from now on. */
    void goDown() {
        down = true;
        listener.availabilityChanged(status());
    }

    void comeBack() {
        down = false;
        listener.availabilityChanged(status());
    }

    void tellEnd(FakeContainer container) {
        listener.ended(container.project.name(), container.id);
    }

    void tellExit(FakeContainer container, Exit exit) {
        listener.exited(container.project.name(), container.id, exit);
    }

    /** Something has happened for which requests in flight have to end within the drain time. */
    void giveUpInstances() {
        Duration until = now().plus(limits.drainTimeout());
        containers().forEach(container -> container.mayBeStoppedAt(until));
    }

    /** Starts and stops take this long from now on, unless the test says otherwise. */
    void takesTime(Duration start, Duration stop) {
        onStart = container -> time.later(start, container::becomeReady);
        onStop = container -> time.later(stop, container::finishStop);
    }

    /** All that were ever started, oldest first. */
    List<FakeContainer> containers() {
        synchronized (containers) {
            return List.copyOf(containers.values());
        }
    }

    int starts() {
        return containers.size();
    }

    /** The one that was started last. */
    FakeContainer latest() {
        List<FakeContainer> all = containers();
        return all.get(all.size() - 1);
    }

    /** Those of which something is left. */
    List<FakeContainer> left() {
        return containers().stream().filter(FakeContainer::isLeft).toList();
    }

    FakeContainer container(String id) {
        return containers.get(id);
    }

    FakeContainer at(Endpoint endpoint) {
        return containers().stream()
                .filter(container -> container.endpoint.equals(endpoint))
                .findFirst()
                .orElseThrow();
    }

    /** What should have been got ahead of time, in order. */
    List<Project> preparations() {
        return List.copyOf(preparations);
    }

    /** For which a container should have been made ahead of time, in order. */
    List<Project> madeAhead() {
        return List.copyOf(madeAhead);
    }

    /** Those of which nothing should be kept any more, in order. */
    List<Project> forgotten() {
        return List.copyOf(forgotten);
    }

    FakeProbe probe() {
        return probe;
    }

    Limits limits() {
        return limits;
    }

    Duration now() {
        return time.elapsed();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }
}
