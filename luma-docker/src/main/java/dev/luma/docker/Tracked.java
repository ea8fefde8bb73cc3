package dev.luma.docker;

import dev.luma.core.ContainerRuntime.StartListener;
import dev.luma.core.Project;
import dev.luma.core.Way;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance that this run of Luma has started, until nothing is left of it. Thread-safe; nobody is told anything under
 * its lock.
 *
 * <pre>
 *   IMAGE --create--> MAKING --started--> RUNNING
 *     |                  |                   |
 *     |                  +--failed--> LEFT   |      (LEFT: only its removal is due)
 *     +------stop--------+------stop---------+--> removed, and no longer tracked
 * </pre>
 */
final class Tracked {

    /** How far the start has come. */
    private enum Stage {
        /** The engine has not been asked for a container yet. */
        IMAGE,
        /** The container is being made and started; whether there is one is not known in every moment. */
        MAKING,
        RUNNING,
        /** The start has failed. */
        LEFT
    }

    private final String instanceId;
    private final Project project;
    private final StartListener listener;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final CompletableFuture<Void> died = new CompletableFuture<>();

    // Guarded by this.
    private Stage stage = Stage.IMAGE;
    private @Nullable String containerId;
    private @Nullable Place place;
    private String madeFor;
    private boolean ranBefore;
    private OptionalLong keptSince = OptionalLong.empty();
    private int startedAt;
    private String stopSignal = "SIGTERM";
    private boolean frozen;
    private boolean abandoned;
    private boolean endTold;
    private @Nullable CompletableFuture<Void> stopping;

    Tracked(String instanceId, Project project, StartListener listener) {
        this.instanceId = instanceId;
        this.madeFor = instanceId;
        this.project = project;
        this.listener = listener;
    }

    String instanceId() {
        return instanceId;
    }

    Project project() {
        return project;
    }

    StartListener listener() {
        return listener;
    }

    /** Done when the start makes no more calls to the engine. */
    CompletionStage<Void> settled() {
        return settled;
    }

    /** Done when the container has ended. */
    CompletionStage<Void> death() {
        return died;
    }

    boolean isDead() {
        return died.isDone();
    }

    void dead() {
        died.complete(null);
    }

    synchronized Optional<String> containerId() {
        return Optional.ofNullable(containerId);
    }

    synchronized String stopSignal() {
        return stopSignal;
    }

    synchronized void freeze(boolean whether) {
        frozen = whether;
    }

    /** Whether it is paused, or may be. */
    synchronized boolean isFrozen() {
        return frozen;
    }

    synchronized boolean isAbandoned() {
        return abandoned;
    }

    synchronized boolean isRunning() {
        return stage == Stage.RUNNING;
    }

    /** Whether only its removal is due, and nobody is at it. */
    synchronized boolean isLeft() {
        return stage == Stage.LEFT && (stopping == null || stopping.isDone());
    }

    /** From IMAGE to MAKING; false if it was abandoned before. */
    synchronized boolean beginMaking() {
        if (abandoned) {
            return false;
        }
        stage = Stage.MAKING;
        return true;
    }

    synchronized void made(String id) {
        containerId = id;
    }

    /** Has a container that was made before. */
    synchronized void adopt(Kept kept) {
        containerId = kept.containerId();
        place = kept.sandbox();
        madeFor = kept.madeFor();
        ranBefore = kept.way() == Way.KEPT;
        keptSince = OptionalLong.of(kept.since());
    }

    /** The reading of the ticker when its container was first kept; empty if it never was. */
    synchronized OptionalLong keptSince() {
        return keptSince;
    }

    /** What the label of its container says for whom it was made: itself, unless it was kept. */
    synchronized String madeFor() {
        return madeFor;
    }

    /** Whether there may still be word on its way of how its container ended before. */
    synchronized boolean ranBefore() {
        return ranBefore;
    }

    /** Where the container is made. */
    synchronized void in(Place chosen) {
        place = chosen;
    }

    /** The sandbox that it has for itself. */
    synchronized Optional<Place.Sandbox> sandbox() {
        return place instanceof Place.Sandbox sandbox ? Optional.of(sandbox) : Optional.empty();
    }

    boolean isIn(String sandboxName) {
        return sandbox().filter(sandbox -> sandbox.name().equals(sandboxName)).isPresent();
    }

    /** Has nothing any more to do with the container that was made, whose id is answered, nor with its place. */
    synchronized Optional<String> unmake() {
        Optional<String> made = Optional.ofNullable(containerId);
        containerId = null;
        place = null;
        madeFor = instanceId;
        ranBefore = false;
        keptSince = OptionalLong.empty();
        return made;
    }

    /** In seconds of the engine's clock. */
    synchronized void startedAt(int second) {
        startedAt = second;
    }

    /** What its container logged before this second is of an earlier run; 0 if that is not known. */
    synchronized int startedAt() {
        return startedAt;
    }

    synchronized void stopsWith(String signal) {
        stopSignal = signal;
    }

    /** The start is over: the container runs, or did. */
    void started() {
        settle(Stage.RUNNING);
    }

    /** The start is over, and whatever there is has to go. */
    void failed() {
        settle(Stage.LEFT);
    }

    private void settle(Stage next) {
        synchronized (this) {
            stage = next;
        }
        settled.complete(null);
    }

    /** True for the first who asks, who alone may tell that it failed or ended; false for ever after a stop. */
    synchronized boolean claimEnd() {
        boolean first = !endTold;
        endTold = true;
        return first;
    }

    /** Gives up the start; true if the engine has not been asked for a container and will not be. */
    synchronized boolean abandon() {
        abandoned = true;
        endTold = true;
        return stage == Stage.IMAGE;
    }

    /** The stop that is under way or has succeeded; otherwise begins one. */
    CompletionStage<Void> stopOnce(Supplier<CompletionStage<Void>> stop) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (this) {
            if (stopping != null && !stopping.isCompletedExceptionally()) {
                return stopping;
            }
            stopping = mine;
        }
        stop.get().whenComplete((done, error) -> {
            if (error == null) {
                mine.complete(null);
            } else {
                mine.completeExceptionally(Words.unwrap(error));
            }
        });
        return mine;
    }
}
