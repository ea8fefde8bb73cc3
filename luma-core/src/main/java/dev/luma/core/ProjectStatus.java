package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A project as it is seen from outside at one moment.
 *
 * @param since when the state was entered
 * @param waiting how many requests stand in the line
 * @param placeInLine which one of the projects it is, counted from 1, that wait for their turn to start; empty when it
 *     does not wait for that
 * @param lastFailure what went wrong with the latest start, if it did
 * @param boots how long the wakes of these settings took
 * @param prewarms what came of waking it ahead of its requests; empty if it is not
 */
public record ProjectStatus(
        Project project,
        State state,
        Instant since,
        List<InstanceStatus> instances,
        int waiting,
        OptionalInt placeInLine,
        Optional<StartFailure> lastFailure,
        BootHistory boots,
        Optional<Prewarms> prewarms) {

    /** The states by the names that users see. */
    public enum State {
        /** Registered, and never started. */
        IDLE,
        STARTING,
        RUNNING,
        PAUSED,
        STOPPING,
        /** Scaled to zero. */
        STOPPED,
        /** The last start failed; a request after the pause tries again. */
        FAILED;

        public String word() {
            return Words.of(this);
        }
    }

    /**
     * One instance of the project.
     *
     * @param boot how it came up
     * @param inFlight how many requests it is answering
     * @param lastUsed when its last request ended, or when it became ready
     */
    public record InstanceStatus(
            String id, Endpoint endpoint, Boot boot, Instant startedAt, int inFlight, Instant lastUsed) {}
}
