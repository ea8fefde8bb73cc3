package dev.luma.core;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartListener;
import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** One container in a {@link FakeRuntime}: it does what the test says, when the test says it. */
final class FakeContainer {

    enum Life {
        /** Asked for, and not known to answer. */
        STARTING,
        READY,
        EXITED,
        /** The start failed, or the container was stopped and removed. */
        GONE
    }

    final String id;
    final Project project;
    final Endpoint endpoint;
    volatile Way way = Way.PLAIN;
    volatile boolean slept;
    final AtomicInteger leases = new AtomicInteger();

    private final FakeRuntime runtime;
    private final StartListener listener;
    private volatile Life life = Life.STARTING;
    private volatile boolean wasReady;
    private volatile boolean addressed;
    private volatile boolean answering;
    private volatile CompletableFuture<Void> stop;
    private volatile boolean abandoned;
    private volatile Duration mayDrainUntil;

    FakeContainer(FakeRuntime runtime, String id, Project project, Endpoint endpoint, StartListener listener) {
        this.runtime = runtime;
        this.id = id;
        this.project = project;
        this.endpoint = endpoint;
        this.listener = listener;
    }

    void enter(WakePhase phase) {
        listener.entered(phase);
    }

    /** The engine says where the container is; the app need not listen yet. */
    void address() {
        addressed = true;
        listener.entered(WakePhase.READY);
        listener.addressed(endpoint, way);
    }

    /** The engine says which image it has. */
    void runs(String image) {
        listener.runs(image);
    }

    /** The app begins to answer at its endpoint. */
    void answer() {
        answering = true;
        runtime.probe().answered(this);
    }

    /** The app takes connections and is not ready. */
    void isSeen(String what) {
        runtime.probe().saw(this, what);
    }

    /** The app takes no connections for a while. */
    void fallSilent() {
        answering = false;
    }

    /** The way of most starts, at once. */
    void becomeReady() {
        address();
        answer();
    }

    void failStart(Refusal.Reason reason, String detail) {
        life = Life.GONE;
        listener.failed(new StartFailure(reason, detail, List.of("last words")));
    }

    void failStart(String detail) {
        failStart(Refusal.Reason.START_FAILED, detail);
    }

    /** Ends, and the engine says only that. */
    void end() {
        die();
        runtime.tellEnd(this);
    }

    void exit(long code) {
        die();
        runtime.tellExit(this, new Exit(code, false, List.of("last words")));
    }

    /** Ends without the engine telling anyone by itself. */
    synchronized void die() {
        answering = false;
        if (life != Life.GONE) {
            life = Life.EXITED;
        }
    }

    void finishStop() {
        vanish();
        stop.complete(null);
    }

    private synchronized void vanish() {
        answering = false;
        life = Life.GONE;
    }

    void failStop() {
        CompletableFuture<Void> asked = stop;
        stop = null;
        asked.completeExceptionally(new IllegalStateException("the engine did not stop " + id));
    }

    Life life() {
        return life;
    }

    boolean isAnswering() {
        return answering;
    }

    boolean isStopping() {
        return stop != null;
    }

    boolean isStarting() {
        return life == Life.STARTING && !abandoned;
    }

    boolean hasBeenReady() {
        return wasReady;
    }

    /** The engine is at work for it, or has been asked to be. */
    boolean isAtTheEngine() {
        return isStarting() && !addressed && !project.isExternal();
    }

    boolean isLeft() {
        return life != Life.GONE;
    }

    /** Unless it died meanwhile. */
    synchronized void markReady() {
        if (life == Life.STARTING) {
            life = Life.READY;
            wasReady = true;
        }
    }

    /** Something has happened for which the instance is given up, once requests in flight had their time. */
    void mayBeStoppedAt(Duration moment) {
        if (mayDrainUntil == null || moment.compareTo(mayDrainUntil) < 0) {
            mayDrainUntil = moment;
        }
    }

    CompletableFuture<Void> askToStop(Duration now, List<String> violations) {
        if (stop != null) {
            violations.add("stop of " + id + " while another stop of it is under way");
        }
        boolean overdue = mayDrainUntil != null && mayDrainUntil.compareTo(now) <= 0;
        if (leases.get() > 0 && life == Life.READY && !overdue) {
            violations.add("stop of " + id + " with " + leases + " leases out");
        }
        CompletableFuture<Void> asked = new CompletableFuture<>();
        stop = asked;
        abandoned = true;
        return asked;
    }

    @Override
    public String toString() {
        return id + " " + life + (stop != null ? " stopping" : "") + " leases=" + leases;
    }
}
