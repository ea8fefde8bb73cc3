package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.ProjectStatus.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One project at work: answers requests for admission, and carries out what the {@link StateMachine} decides. Every
 * decision is made in the project's mailbox; a warm admission is one compare-and-set and never sees it. Any thread may
 * call the public methods, and none of them blocks.
 */
public final class Upstream {

    private static final Duration STOP_RETRY = Duration.ofSeconds(5);

    private final World world;
    private final StateMachine machine;
    private final Mailbox<Object> mailbox = new Mailbox<>(this::handle);
    private final WaitingLine line;

    private volatile @Nullable Instance current;
    private volatile Project project;
    private volatile View view;

    // Confined to the mailbox, like the line.
    private final Queue<Event> followUps = new ArrayDeque<>();
    private final Map<String, Instance> instances = new HashMap<>();
    private final List<CompletableFuture<Void>> restWaiters = new ArrayList<>();
    private final List<Runnable> outcomes = new ArrayList<>();
    private ProjectState state;
    private Scheduler.Cancellable probe = Scheduler.Cancellable.NONE;
    private Scheduler.Cancellable startTimer = Scheduler.Cancellable.NONE;
    private Scheduler.Cancellable idleTimer = Scheduler.Cancellable.NONE;
    private Scheduler.Cancellable lineTimer = Scheduler.Cancellable.NONE;
    private long lineDue;

    /** What every project of one Luma shares. */
    record World(
            ContainerRuntime runtime,
            ReadinessProbe probe,
            Ticker ticker,
            Scheduler scheduler,
            Limits limits,
            ProjectListener listener) {}

    private record View(ProjectState state, Instant since, List<Instance> instances, int waiting) {}

    private record Arrival(Waiter waiter) {}

    private record Departure(Waiter waiter) {}

    private record LineOverdue() {}

    private record RestRequested(CompletableFuture<Void> done) {}

    Upstream(Project project, String instancePrefix, World world) {
        this.world = world;
        this.project = project;
        this.machine = new StateMachine(instancePrefix, world.limits().startTimeout());
        this.state = ProjectState.initial(project);
        this.line = new WaitingLine(world.limits().lineCapacity());
        this.view = new View(state, world.ticker().instant(), List.of(), 0);
    }

    /** The settings as they were changed last, even before the mailbox has heard of it. */
    public Project project() {
        return project;
    }

    /** A lease at once, or null when no instance is ready: then {@link #acquire} is the way. */
    public @Nullable Lease tryAcquire() {
        Instance instance = current;
        return instance == null ? null : Lease.tryTake(instance, 0);
    }

    /** The {@link Ticker#nanos()} reading until which a request that comes now may wait. */
    public long waitDeadline() {
        return world.ticker().nanos() + world.limits().waitTimeout().toNanos();
    }

    /**
     * A lease at once, or a place in the line, which wakes the project. A request that lost its instance before anything
     * was sent comes again with the deadline that it had.
     */
    public Admission acquire(long deadline, Admission.Listener listener) {
        Lease lease = tryAcquire();
        if (lease != null) {
            return lease;
        }
        Waiter waiter = new Waiter(
                listener,
                left -> mailbox.post(new Departure(left)),
                world.ticker().nanos(),
                deadline);
        mailbox.post(new Arrival(waiter));
        return waiter;
    }

    /** Puts the project to sleep: new requests wait and wake it again, those in flight may finish. Done when it sleeps. */
    public CompletionStage<Void> sleep() {
        mailbox.post(new Event.SleepRequested());
        return atRest();
    }

    public ProjectStatus status() {
        return statusOf(view);
    }

    /** Called by {@link Projects} alone, one change at a time. */
    void settingsChanged(Project changed) {
        project = changed;
        mailbox.post(new Event.SettingsChanged(changed));
    }

    void prepareFailed(int revision, StartFailure failure) {
        mailbox.post(new Event.PrepareFailed(revision, failure));
    }

    void exited(String instance, ContainerRuntime.Exit exit) {
        mailbox.post(new Event.Exited(instance, exit));
    }

    void runtimeLost() {
        mailbox.post(new Event.RuntimeLost());
    }

    /** Refuses every request from now on. Done when nothing is left in the engine. */
    CompletionStage<Void> close(Refusal refusal) {
        mailbox.post(new Event.CloseRequested(refusal));
        return atRest();
    }

    private CompletionStage<Void> atRest() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        mailbox.post(new RestRequested(done));
        return done;
    }

    // From here on everything runs in the mailbox.

    private void handle(Object message) {
        View before = view;
        if (message instanceof Event event) {
            take(event);
        } else if (message instanceof Arrival arrival) {
            arrive(arrival.waiter());
        } else if (message instanceof Departure departure) {
            line.remove(departure.waiter());
        } else if (message instanceof LineOverdue) {
            lineTimer = Scheduler.Cancellable.NONE;
            expireLine();
        } else if (message instanceof RestRequested requested) {
            restWaiters.add(requested.done());
        }
        // Whoever waits keeps the project awake: this is the one place that sees to it, whatever happened.
        while (!line.isEmpty() && needsDemand()) {
            take(new Event.Demand());
        }
        watchLine();
        publish(before);
        // Told last, so that whoever hears of an outcome also sees the status that goes with it.
        List<Runnable> told = List.copyOf(outcomes);
        outcomes.clear();
        told.forEach(Runnable::run);
        if (state.isAtRest() && !restWaiters.isEmpty()) {
            List<CompletableFuture<Void>> done = List.copyOf(restWaiters);
            restWaiters.clear();
            done.forEach(future -> future.complete(null));
        }
    }

    private void take(Event event) {
        Event next = event;
        while (next != null) {
            StateMachine.Step step = machine.step(state, next, world.ticker().nanos());
            state = step.state();
            Phase phase = state.phase();
            current = phase instanceof Phase.Running running ? instances.get(running.instance()) : null;
            if (!(phase instanceof Phase.Starting)) {
                probe.cancel();
                startTimer.cancel();
            }
            if (!(phase instanceof Phase.Running)) {
                idleTimer.cancel();
            }
            step.effects().forEach(this::run);
            next = followUps.poll();
        }
    }

    private boolean needsDemand() {
        Instance ready = current;
        return state.phase() instanceof Phase.Running
                ? ready != null && ready.isOpen()
                : !(state.phase() instanceof Phase.Starting);
    }

    private void run(Effect effect) {
        if (effect instanceof Effect.Start start) {
            world.runtime().start(start.instance(), state.project(), new StartEvents(start.instance()));
        } else if (effect instanceof Effect.Probe asked) {
            probe(asked.instance(), asked.endpoint());
        } else if (effect instanceof Effect.Open open) {
            open(open.instance(), open.endpoint());
        } else if (effect instanceof Effect.Suspend suspend) {
            Instance instance = instances.get(suspend.instance());
            if (instance != null) {
                instance.gate().close();
            }
        } else if (effect instanceof Effect.Drain drain) {
            drain(drain.instance());
        } else if (effect instanceof Effect.WatchIdle watch) {
            watchIdle(watch.instance(), idleTimeout());
        } else if (effect instanceof Effect.CloseIfIdle close) {
            closeIfIdle(close.instance());
        } else if (effect instanceof Effect.Check check) {
            world.runtime().check(check.instance()).whenComplete((answered, error) -> {
                if (error != null || !answered) {
                    mailbox.post(new Event.RuntimeLost());
                }
            });
        } else if (effect instanceof Effect.Stop stop) {
            world.runtime()
                    .stop(stop.instance(), world.limits().stopGrace())
                    .whenComplete((done, error) -> mailbox.post(
                            error == null
                                    ? new Event.Stopped(stop.instance())
                                    : new Event.StopFailed(stop.instance())));
        } else if (effect instanceof Effect.RetryStop retry) {
            after(STOP_RETRY, new Event.StopDue(retry.instance()));
        } else if (effect instanceof Effect.Forget forget) {
            instances.remove(forget.instance());
        } else if (effect instanceof Effect.GrantAll) {
            grantAll();
        } else if (effect instanceof Effect.RefuseAll refuse) {
            for (Waiter waiter = line.poll(); waiter != null; waiter = line.poll()) {
                Waiter refused = waiter;
                outcomes.add(() -> refused.refuse(refuse.refusal()));
            }
        }
    }

    private void arrive(Waiter waiter) {
        if (waiter.hasEnded()) {
            return;
        }
        if (line.add(waiter)) {
            // One that comes again has less time left than those before it.
            if (waiter.deadline - lineDue < 0) {
                lineTimer.cancel();
                lineTimer = Scheduler.Cancellable.NONE;
            }
        } else {
            waiter.refuse(new Refusal(
                    Refusal.Reason.LINE_FULL,
                    world.limits().lineCapacity() + " requests already wait for "
                            + state.project().name(),
                    Optional.of(Duration.ofSeconds(1))));
        }
    }

    private void grantAll() {
        Instance instance = current;
        if (instance == null) {
            return;
        }
        for (Waiter first = line.peek(); first != null; first = line.peek()) {
            Lease lease = Lease.tryTake(instance, Math.max(1, world.ticker().nanos() - first.arrived));
            if (lease == null) {
                return;
            }
            line.remove(first);
            Waiter granted = first;
            outcomes.add(() -> {
                if (!granted.grant(lease)) {
                    lease.release();
                }
            });
        }
    }

    private void expireLine() {
        line.expire(
                world.ticker().nanos(),
                new Refusal(
                        Refusal.Reason.START_TIMEOUT,
                        state.project().name() + " did not become ready within "
                                + Durations.format(world.limits().waitTimeout()) + "; " + progress(),
                        Optional.of(Duration.ofSeconds(1))));
    }

    private String progress() {
        if (!(state.phase() instanceof Phase.Starting starting)) {
            return "its last instance has just ended";
        }
        return switch (starting.step()) {
            case IMAGE -> "its image is not there yet";
            case CREATE -> "its container is being created";
            case START -> "its container is being started";
            case READY ->
                "its container runs, but does not answer on port "
                        + state.project().port();
        };
    }

    private void watchLine() {
        if (line.isEmpty()) {
            lineTimer.cancel();
            lineTimer = Scheduler.Cancellable.NONE;
        } else if (lineTimer == Scheduler.Cancellable.NONE) {
            long now = world.ticker().nanos();
            long wait = Math.max(0, line.untilNextDeadline(now));
            lineDue = now + wait;
            lineTimer = world.scheduler().schedule(() -> mailbox.post(new LineOverdue()), Duration.ofNanos(wait));
        }
    }

    private void probe(String id, Endpoint endpoint) {
        probe.cancel();
        startTimer.cancel();
        startTimer = after(world.limits().startTimeout(), new Event.StartOverdue(id));
        probe = world.probe().await(endpoint, () -> mailbox.post(new Event.Ready(id, endpoint)));
    }

    private void open(String id, Endpoint endpoint) {
        Instance instance = instances.computeIfAbsent(
                id,
                absent -> new Instance(
                        id,
                        state.project().revision(),
                        endpoint,
                        world.ticker(),
                        drained -> mailbox.post(new Event.Drained(drained.id())),
                        lost -> mailbox.post(new Event.Unreachable(lost.id()))));
        instance.gate().reopen();
        current = instance;
    }

    private void drain(String id) {
        Instance instance = instances.get(id);
        if (instance == null || instance.gate().close()) {
            followUps.add(new Event.Drained(id));
        } else {
            after(world.limits().drainTimeout(), new Event.Drained(id));
        }
    }

    private Duration idleTimeout() {
        return state.project().idleTimeout().orElse(world.limits().idleTimeout());
    }

    private void watchIdle(String id, Duration wait) {
        idleTimer.cancel();
        idleTimer = after(wait, new Event.IdleDue(id));
    }

    private void closeIfIdle(String id) {
        Instance instance = instances.get(id);
        if (instance == null) {
            return;
        }
        long now = world.ticker().nanos();
        long timeout = idleTimeout().toNanos();
        if (instance.inFlight() > 0) {
            watchIdle(id, Duration.ofNanos(timeout));
            return;
        }
        long left = instance.lastUsed() + timeout - now;
        if (left > 0) {
            watchIdle(id, Duration.ofNanos(left));
        } else if (instance.gate().closeIfIdle()) {
            followUps.add(new Event.IdleClosed(id));
        } else {
            watchIdle(id, Duration.ofNanos(timeout));
        }
    }

    private Scheduler.Cancellable after(Duration delay, Event event) {
        return world.scheduler().schedule(() -> mailbox.post(event), delay);
    }

    private void publish(View before) {
        ProjectStatus.State shown = state.shown();
        boolean changed = !before.state.equals(state);
        Instant since =
                before.state.shown() == shown ? before.since : world.ticker().instant();
        if (changed || before.waiting != line.size()) {
            view = new View(state, since, changed ? List.copyOf(instances.values()) : before.instances, line.size());
        }
        if (changed
                && (before.state.shown() != shown
                        || !before.state.project().equals(state.project())
                        || !before.state.lastFailure().equals(state.lastFailure()))) {
            world.listener().changed(statusOf(before), statusOf(view));
        }
    }

    private ProjectStatus statusOf(View seen) {
        long now = world.ticker().nanos();
        Instant today = world.ticker().instant();
        List<InstanceStatus> shown = seen.instances.stream()
                .map(instance -> new InstanceStatus(
                        instance.id(),
                        instance.endpoint(),
                        instance.startedAt(),
                        instance.inFlight(),
                        today.minusNanos(Math.max(0, now - instance.lastUsed()))))
                .toList();
        ProjectState of = seen.state;
        return new ProjectStatus(of.project(), of.shown(), seen.since, shown, seen.waiting, of.lastFailure());
    }

    /** Turns what the adapter tells about one start into events. */
    private final class StartEvents implements ContainerRuntime.StartListener {
        private final String instance;

        StartEvents(String instance) {
            this.instance = instance;
        }

        @Override
        public void entered(WakePhase phase) {
            mailbox.post(new Event.StartEntered(instance, phase));
        }

        @Override
        public void addressed(Endpoint endpoint) {
            mailbox.post(new Event.Addressed(instance, endpoint));
        }

        @Override
        public void failed(StartFailure failure) {
            mailbox.post(new Event.StartFailed(instance, failure));
        }
    }
}
