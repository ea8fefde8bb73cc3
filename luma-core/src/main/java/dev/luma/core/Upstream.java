package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One project at work, as others see it: answers requests for admission, and takes what happens to the project. Every
 * decision is made by its {@link Clerk}, in the project's mailbox; a warm admission is one compare-and-set and never sees
 * it. Any thread may call the methods, and none of them blocks.
 */
public final class Upstream {

    private final World world;
    private final Clerk clerk;

    /** The settings that hold, which the mailbox may still have to take in. */
    private volatile Project project;

    /** The instance that new requests go to at once; null while somebody stands in the line, who comes before them. */
    private volatile @Nullable Instance current;

    /** The instance that is awake for nobody yet: whoever takes a lease on it says so. */
    private volatile @Nullable Instance early;

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

    Upstream(Project project, String instancePrefix, World world) {
        this.world = world;
        this.project = project;
        this.clerk = new Clerk(project, instancePrefix, world, this::leadTo);
    }

    private void leadTo(@Nullable Instance ready, boolean isEarly) {
        current = isEarly ? null : ready;
        early = isEarly ? ready : null;
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
            clerk.post(new Mail.Claim(lease.instance()));
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
                left -> clerk.post(new Mail.Departure(left)),
                world.ticker().nanos(),
                deadline);
        clerk.post(new Mail.Arrival(waiter));
        return waiter;
    }

    /** Puts the project to sleep: new requests wait and wake it again, those in flight may finish. Done when it sleeps. */
    public CompletionStage<Void> sleep() {
        clerk.post(new Event.SleepRequested());
        return atRest();
    }

    /**
     * Lets the start that is under way go on for a while although whoever waits for it leaves the line, who will come again:
     * a page that has been shown will ask how it goes on.
     */
    public void awaitReturn(Duration within) {
        clerk.post(new Mail.ReturnAwaited(within));
    }

    /** How far the wake has come that is under way; empty if there is none. */
    public Optional<WakeProgress> progress() {
        return clerk.board().progress();
    }

    public ProjectStatus status() {
        return clerk.board().status(project);
    }

    /** Takes new settings; they show at once, and are carried out in the mailbox. Called by one thread at a time. */
    void settingsChanged(Project changed) {
        project = changed;
        clerk.post(new Event.SettingsChanged(changed));
    }

    void prepareFailed(int revision, StartFailure failure) {
        clerk.post(new Event.PrepareFailed(revision, failure));
    }

    void ended(String instance) {
        clerk.post(new Event.Ended(instance));
    }

    void exited(String instance, ContainerRuntime.Exit exit) {
        clerk.post(new Event.Exited(instance, exit));
    }

    /** Wakes the project without a request. */
    void wake() {
        clerk.post(new Mail.WakeRequested());
    }

    void outdated(String instance) {
        clerk.post(new Event.Outdated(instance));
    }

    void runtimeLost() {
        clerk.post(new Event.RuntimeLost());
    }

    /** Refuses every request from now on. Done when nothing is left in the engine. */
    CompletionStage<Void> close(Refusal refusal, Duration drainTimeout) {
        clerk.post(new Mail.Closing(refusal, drainTimeout));
        return atRest();
    }

    private CompletionStage<Void> atRest() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        clerk.post(new Mail.RestRequested(done));
        return done;
    }
}
