package dev.luma.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The port behind which containers live. No method blocks: work runs on the adapter's own threads, and every start and
 * every stop ends, because the adapter bounds each call to the engine in time. Any thread may call it.
 *
 * <p>An instance is named by an id that Luma chooses before the container exists, so that a start can be abandoned at any
 * moment by a {@link #stop}.
 */
public interface ContainerRuntime {

    /**
     * Gets the image of the project, if the engine does not have it; called before each start too, so it is done at once
     * for an image that is known to be there. Fails with {@link StartFailureException}.
     */
    CompletionStage<Void> prepare(Project project);

    /**
     * Makes and starts a container for the project, whose image has just been there. What happens is told to the
     * listener.
     */
    void start(String instanceId, Project project, StartListener listener);

    /**
     * Stops and removes the container, one that is still starting too: asks it to end, waits for the grace period, then
     * kills it. Completes when nothing is left of it, at once if there is nothing; fails if the engine did not do it, and
     * may then be called again.
     */
    CompletionStage<Void> stop(String instanceId, Duration grace);

    /**
     * Stops the container of a project that falls asleep, as {@link #stop} does, but may keep it: the next start of the
     * project with the same settings is the quicker for it.
     *
     * @param project the settings as they are now, which may be others than those that the container was made for
     */
    default CompletionStage<Void> sleep(String instanceId, Project project, Duration grace) {
        return stop(instanceId, grace);
    }

    /**
     * The project sleeps: makes a container that its next start only has to start, if there is room for one and none is
     * kept, and removes one that was kept for other settings. Returns at once, and never fails; without such a container a
     * start takes longer.
     */
    default void makeAhead(Project project) {}

    /** The project is gone. Completes when nothing is kept for it any more. */
    default CompletionStage<Void> forget(Project project) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Freezes all processes of a running container; its memory stays, and so do its connections. When it fails, the instance
     * is stopped instead.
     */
    CompletionStage<Void> pause(String instanceId);

    /** Lets a frozen container go on. */
    CompletionStage<Void> resume(String instanceId);

    /**
     * Looks whether the container runs; tells {@link Listener#exited} if it does not. Completes with false when the engine
     * does not answer.
     */
    CompletionStage<Boolean> check(String instanceId);

    /** Whether containers live in this machine's memory; false as long as no engine answers that tells. */
    boolean isHere();

    /** What the engine is and whether it answers, in words for a person. */
    Status status();

    /** What a person should know of the engine and of how it is used, the most important first. */
    default List<Finding> findings() {
        Status now = status();
        return List.of(new Finding("engine", now.available(), now.description()));
    }

    /**
     * How many starts at once suit the engine: more would only make each of them slower. Asked again for each start, and
     * at least 1.
     */
    default int startsAtOnce() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Who hears what happens in the engine by itself. Set once, before the first start. */
    void listen(Listener listener);

    /** The steps of a wake, in their order. */
    enum WakePhase {
        /** The image is looked for, and got if need be. */
        IMAGE,
        /** Others start before. */
        LINE,
        CREATE,
        START,
        /** The container runs; only the app's answer is missing. */
        READY;

        /** The name that users see. */
        public String word() {
            return Words.of(this);
        }
    }

    /**
     * Hears how one start goes on: phases from CREATE on, and either an endpoint or a failure. Should the start fail although an endpoint
     * was told, then either a failure follows or another endpoint, which replaces it. Called on adapter threads.
     */
    interface StartListener {
        void entered(WakePhase phase);

        /**
         * The container can be tried at this endpoint from now on, even if the start call has not returned yet. Its network
         * has to be up: a kernel that has asked in vain for its hardware address asks again only after a second, however
         * many connections are tried meanwhile.
         */
        void addressed(Endpoint endpoint, Way way);

        /**
         * The container runs this image, by the id that stays the same whatever its name comes to mean. Told once it is known,
         * which may be after the app has answered.
         */
        default void runs(String imageId) {}

        /** The container could not be started. The adapter removes what is left of it, once the engine answers. */
        void failed(StartFailure failure);
    }

    /** Hears what happens in the engine by itself. Called on adapter threads. */
    interface Listener {
        /**
         * A container that Luma started has ended without being asked to; {@link #exited} follows when it is known how.
         * Told at once, since its address may soon be another's.
         */
        void ended(String project, String instanceId);

        /** A container that Luma started has ended without being asked to. */
        void exited(String project, String instanceId, Exit exit);

        /** What an instance stands for is somewhere else by now: it may finish what it has. Never told of containers. */
        default void outdated(String project, String instanceId) {}

        /** The engine does not answer any more, or answers again. */
        void availabilityChanged(Status status);
    }

    /**
     * How a container ended.
     *
     * @param code the exit code of its first process
     * @param outOfMemory whether the kernel killed it for its memory limit
     * @param lastLines the last lines that it logged, oldest first; empty if they could not be read
     * @param blameless whether it was lost with something that the runtime had made for it, so that another will do better
     */
    record Exit(long code, boolean outOfMemory, List<String> lastLines, boolean blameless) {
        public Exit {
            lastLines = List.copyOf(lastLines);
        }

        public Exit(long code, boolean outOfMemory, List<String> lastLines) {
            this(code, outOfMemory, lastLines, false);
        }

        String sentence() {
            return outOfMemory ? "ran out of memory and was killed" : "exited with code " + code;
        }
    }

    /**
     * Why a start failed.
     *
     * @param reason {@code START_FAILED} or {@code RUNTIME_DOWN}
     * @param detail one sentence that may be shown to anyone
     * @param lastLines what the container logged last, for the operator's eyes only
     */
    record StartFailure(Refusal.Reason reason, String detail, List<String> lastLines) {
        public StartFailure {
            lastLines = List.copyOf(lastLines);
        }
    }

    /** Carries a {@link StartFailure} through a {@link CompletionStage}. */
    final class StartFailureException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient StartFailure failure;

        public StartFailureException(StartFailure failure) {
            super(failure.detail());
            this.failure = failure;
        }

        /** The failure that a stage ended with; empty if it is another error. */
        static Optional<StartFailure> in(Throwable error) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return cause instanceof StartFailureException known ? Optional.of(known.failure()) : Optional.empty();
        }

        public StartFailure failure() {
            return failure;
        }
    }

    /**
     * One thing that was looked at.
     *
     * @param subject one word
     * @param fine whether it is as it should be
     * @param sentence what was found, and the remedy if there is one to name
     */
    record Finding(String subject, boolean fine, String sentence) {}

    /**
     * The engine, seen from outside.
     *
     * @param available whether it answers
     * @param description what it is, such as "Docker 20.10.24 (API 1.41)", or why it does not answer
     */
    record Status(boolean available, String description) {}
}
