package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ProjectStatus.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One project at work: answers requests for admission, and carries out what the {@link StateMachine} decides. Every
 * decision is made in the project's mailbox; a warm admission is one compare-and-set and never sees it. Any thread may
 * call the public methods, and none of them blocks.
 */
public final class Upstream {

    private final World world;
    private final StateMachine machine;
    private final Mailbox<Object> mailbox = new Mailbox<>(this::handle);

    /** The settings that hold, which the mailbox may still have to take in. */
    private volatile Project project;

    /** The instance that new requests go to at once; null while somebody stands in the line, who comes before them. */
    private volatile @Nullable Instance current;

    /** The instance that is awake for nobody yet: whoever takes a lease on it says so. */
    private volatile @Nullable Instance early;

    private volatile View view;

    // Confined to the mailbox.
    private final WaitingRoom waitingRoom;
    private final Caretaker caretaker;
    private final Prewarmer prewarmer;
    private final List<CompletableFuture<Void>> restWaiters = new ArrayList<>();
    private ProjectState state;
    /** Whether the start that is under way is wanted even if nobody waits for it. */
    private boolean wanted;
    /** Whether somebody who wanted it has gone and will be back, until when, and what looks then whether that was so. */
    private boolean awaitsReturn;

    private long awaitedUntil;

    private Scheduler.Cancellable returnTimer = Scheduler.Cancellable.NONE;

    /** What every project of one Luma shares. */
    record World(
            ContainerRuntime runtime,
            ReadinessProbe probe,
            Ticker ticker,
            Scheduler scheduler,
            Limits limits,
            Places places,
            StartLine starts,
            MemoryWatch memory,
            PrewarmBudget prewarms,
            ProjectListener listener) {
        World {
            runtime = new GuardedRuntime(runtime);
        }
    }

    private record View(
            ProjectState state,
            Instant since,
            List<Instance> instances,
            int waiting,
            StartLine.@Nullable Turn turn,
            Optional<Prewarms> prewarms) {}

    private record Arrival(Waiter waiter) {}

    private record Departure(Waiter waiter) {}

    private record Closing(Refusal refusal, Duration drainTimeout) {}

    private record WakeRequested() {}

    private record ReturnAwaited(Duration within) {}

    /** Something may be different now, and nothing has to be decided for it. */
    private record Look() {}

    /** A request has come for an instance that was awake for nobody yet. */
    private record Claim(Instance instance) {}

    private record RestRequested(CompletableFuture<Void> done) {}

    Upstream(Project project, String instancePrefix, World world) {
        this.world = world;
        this.machine = new StateMachine(instancePrefix, world.limits().startTimeout());
        this.state = ProjectState.initial(project);
        this.project = project;
        this.waitingRoom = new WaitingRoom(
                world.ticker(), world.scheduler(), world.limits(), world.places(), this::startsBefore, mailbox::post);
        this.caretaker = new Caretaker(world, mailbox::post);
        this.prewarmer = new Prewarmer(world, project, mailbox::post);
        this.view = new View(state, world.ticker().instant(), List.of(), 0, null, prewarmer.told());
    }

    /** The settings as they were changed last, even before the mailbox has heard of it. */
    public Project project() {
        return project;
    }

    /**
     * A lease at once, or null when no instance is ready, or others still wait for it: then {@link #acquire} is the way.
     * So those who woke the project are not overtaken, and an app that has just become ready gets a crowd one part after
     * the other, whenever it came. As soon as the line has been let out, nothing stands between a request and its lease
     * but one compare-and-set.
     */
    public @Nullable Lease tryAcquire() {
        Instance instance = current;
        return instance == null ? claimEarly() : Lease.tryTake(instance);
    }

    private @Nullable Lease claimEarly() {
        Instance instance = early;
        Lease lease = instance == null ? null : Lease.tryTake(instance);
        if (lease != null) {
            mailbox.post(new Claim(lease.instance()));
        }
        return lease;
    }

    /** The {@link Ticker#nanos()} reading until which a request that comes now may wait. */
    public long waitDeadline() {
        return world.ticker().nanos() + world.limits().waitTimeout().toNanos();
    }

    /** The same for Luma itself, as one client among the others. */
    public Admission acquire(long deadline, Admission.Listener listener) {
        return acquire("", deadline, listener);
    }

    /**
     * A lease at once, or a place in the line, which wakes the project. A request that lost its instance before anything
     * was sent comes again with the deadline that it had.
     *
     * @param client who asks, in any words that are the same each time: clients take turns in the line
     */
    public Admission acquire(String client, long deadline, Admission.Listener listener) {
        Lease lease = tryAcquire();
        if (lease != null) {
            return lease;
        }
        Waiter waiter = new Waiter(
                client,
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

    /**
     * Lets the start that is under way go on for a while although whoever waits for it leaves the line, who will come again:
     * a page that has been shown will ask how it goes on.
     */
    public void awaitReturn(Duration within) {
        mailbox.post(new ReturnAwaited(within));
    }

    /** How far the wake has come that is under way; empty if there is none. */
    public Optional<WakeProgress> progress() {
        View seen = view;
        return WakeProgress.of(
                seen.state,
                seen.turn == null ? 0 : seen.turn.ahead(),
                world.ticker().nanos());
    }

    public ProjectStatus status() {
        return statusOf(view, project);
    }

    /** Takes new settings; they show at once, and are carried out in the mailbox. Called by one thread at a time. */
    void settingsChanged(Project changed) {
        project = changed;
        mailbox.post(new Event.SettingsChanged(changed));
    }

    void prepareFailed(int revision, StartFailure failure) {
        mailbox.post(new Event.PrepareFailed(revision, failure));
    }

    void ended(String instance) {
        mailbox.post(new Event.Ended(instance));
    }

    void exited(String instance, ContainerRuntime.Exit exit) {
        mailbox.post(new Event.Exited(instance, exit));
    }

    /** Wakes the project without a request. */
    void wake() {
        mailbox.post(new WakeRequested());
    }

    void outdated(String instance) {
        mailbox.post(new Event.Outdated(instance));
    }

    void runtimeLost() {
        mailbox.post(new Event.RuntimeLost());
    }

    /** Refuses every request from now on. Done when nothing is left in the engine. */
    CompletionStage<Void> close(Refusal refusal, Duration drainTimeout) {
        mailbox.post(new Closing(refusal, drainTimeout));
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
        } else if (message instanceof Closing closing) {
            caretaker.drainWithin(closing.drainTimeout());
            take(new Event.CloseRequested(closing.refusal()));
        } else if (message instanceof Arrival arrival) {
            waitingRoom.enter(arrival.waiter(), state);
        } else if (message instanceof Departure departure) {
            waitingRoom.leave(departure.waiter());
        } else if (message instanceof WaitingRoom.News news) {
            waitingRoom.hear(news, state, caretaker.ready(state.phase()));
        } else if (message instanceof RestRequested requested) {
            restWaiters.add(requested.done());
        } else if (message instanceof WakeRequested) {
            wanted = true;
            take(new Event.Demand());
        } else if (message instanceof ReturnAwaited awaited) {
            await(awaited.within());
        } else if (message instanceof Claim claim) {
            prewarmer.asked();
            // From now on it is kept as others are.
            take(new Event.IdleDue(claim.instance().id()));
        } else if (message instanceof Prewarming.Due due) {
            wakeAhead(due);
        }
        if (!waitingRoom.isEmpty()) {
            prewarmer.asked();
        }
        // Whoever waits keeps the project awake: this is the one place that sees to it, whatever happened.
        while (!waitingRoom.isEmpty() && needsDemand()) {
            take(new Event.Demand());
        }
        leaveLineIfUnwanted();
        prewarmer.see(state.phase(), !waitingRoom.isEmpty());
        caretaker.endTurnUnlessNeededIn(state.phase());
        waitingRoom.watch(state.phase() instanceof Phase.Running);
        admit();
        publish(before);
        tellProgress();
        waitingRoom.tellOutcomes();
        if (state.isAtRest() && !restWaiters.isEmpty()) {
            List<CompletableFuture<Void>> done = List.copyOf(restWaiters);
            restWaiters.clear();
            done.forEach(future -> future.complete(null));
        }
        // Last of all, so that a listener that throws keeps nothing from being done.
        tellListener(before);
    }

    private void take(Event event) {
        for (Event next = event; next != null; next = caretaker.nextFollowUp()) {
            prewarmer.hear(next, state.project());
            if (next instanceof Event.IdleClosed) {
                prewarmer.fellAsleep(caretaker.ready(state.phase()), state.boots());
            }
            Step step = machine.step(state, next, world.ticker().nanos());
            state = step.state();
            admit();
            caretaker.enter(state.phase());
            step.effects().forEach(this::run);
        }
    }

    private void wakeAhead(Prewarming.Due due) {
        if (waitingRoom.isEmpty() && prewarmer.wakes(due, state.phase())) {
            take(new Event.Demand());
        }
    }

    /** Whoever stands in the line of those that want to start, and is not wanted any more, makes room for the others. */
    private void leaveLineIfUnwanted() {
        if (!(state.phase() instanceof Phase.Starting starting)) {
            wanted = false;
            stopReturnTimer();
        } else if (starting.isInLine() && waitingRoom.isEmpty() && !wanted && !awaitsReturn() && !prewarmer.isEarly()) {
            take(new Event.Deserted());
            stopReturnTimer();
        }
    }

    private void await(Duration within) {
        stopReturnTimer();
        awaitsReturn = true;
        awaitedUntil = world.ticker().nanos() + within.toNanos();
        returnTimer = world.scheduler().schedule(() -> mailbox.post(new Look()), within);
    }

    private boolean awaitsReturn() {
        return awaitsReturn && world.ticker().nanos() - awaitedUntil < 0;
    }

    private void stopReturnTimer() {
        awaitsReturn = false;
        returnTimer.cancel();
        returnTimer = Scheduler.Cancellable.NONE;
    }

    private void tellProgress() {
        if (!waitingRoom.isWatched()) {
            return;
        }
        StartLine.Turn turn = caretaker.turn();
        if (turn != null) {
            turn.whenMoved(() -> mailbox.post(new Look()));
        }
        progress().ifPresent(waitingRoom::tellProgress);
    }

    private int startsBefore() {
        StartLine.Turn turn = caretaker.turn();
        return turn == null ? 0 : turn.ahead();
    }

    /** Says to whom new requests go. */
    private void admit() {
        Instance ready = waitingRoom.isEmpty() ? caretaker.ready(state.phase()) : null;
        current = prewarmer.isEarly() ? null : ready;
        early = prewarmer.isEarly() ? ready : null;
    }

    private boolean needsDemand() {
        Instance ready = caretaker.ready(state.phase());
        return state.phase() instanceof Phase.Running
                ? ready != null && ready.isOpen() && waitingRoom.mayLetOut()
                : !(state.phase() instanceof Phase.Starting) && !(state.phase() instanceof Phase.Pausing);
    }

    private void run(Effect effect) {
        if (effect instanceof Effect.Grant) {
            Instance ready = caretaker.ready(state.phase());
            if (ready != null) {
                waitingRoom.letOut(ready);
            }
        } else if (effect instanceof Effect.RefuseAll refuse) {
            waitingRoom.refuseAll(refuse.refusal());
        } else {
            caretaker.carryOut(effect, prewarmer.kept(effect, state.project()));
            if (effect instanceof Effect.Open) {
                waitingRoom.beginAnew();
            }
        }
    }

    private void publish(View before) {
        boolean changed = !before.state.equals(state);
        Optional<Prewarms> prewarms = prewarmer.told();
        if (!changed && before.waiting == waitingRoom.size() && before.prewarms.equals(prewarms)) {
            return;
        }
        Instant since = before.state.shown() == state.shown()
                ? before.since
                : world.ticker().instant();
        view = new View(
                state,
                since,
                changed ? caretaker.instances() : before.instances,
                waitingRoom.size(),
                state.phase() instanceof Phase.Starting starting && starting.isInLine() ? caretaker.turn() : null,
                prewarms);
    }

    private void tellListener(View before) {
        if (before.state.shown() != state.shown()
                || !before.state.project().equals(state.project())
                || !before.state.lastFailure().equals(state.lastFailure())) {
            world.listener().changed(statusOf(before, before.state.project()), statusOf(view, view.state.project()));
        }
    }

    private ProjectStatus statusOf(View seen, Project settings) {
        long now = world.ticker().nanos();
        Instant today = world.ticker().instant();
        List<InstanceStatus> shown = seen.instances.stream()
                .map(instance -> new InstanceStatus(
                        instance.id(),
                        instance.endpoint(),
                        instance.boot(),
                        instance.startedAt(),
                        instance.inFlight(),
                        today.minusNanos(Math.max(0, now - instance.lastUsed()))))
                .toList();
        return new ProjectStatus(
                settings,
                seen.state.shown(),
                seen.since,
                shown,
                seen.waiting,
                seen.turn == null ? OptionalInt.empty() : OptionalInt.of(seen.turn.ahead() + 1),
                seen.state.lastFailure(),
                seen.state.boots(),
                seen.prewarms);
    }
}
