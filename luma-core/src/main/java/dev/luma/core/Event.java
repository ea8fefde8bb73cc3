package dev.luma.core;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;

/** What can happen to a project. An event about an instance that has been left behind changes nothing. */
sealed interface Event {

    /** A request waits, or an operator asks for a start. */
    record Demand() implements Event {}

    /** The image of the instance is there. */
    record ImageThere(String instance) implements Event {}

    /** It is the project's turn to start. */
    record TurnCame(String instance) implements Event {}

    /** Nobody asks for the project any more. */
    record Deserted() implements Event {}

    record StartEntered(String instance, WakePhase step) implements Event {}

    record Addressed(String instance, Endpoint endpoint, Way way) implements Event {}

    /** The engine says which image the instance has. */
    record ImageKnown(String instance, String image) implements Event {}

    /** The app was tried and is not ready, for a reason that can be told. */
    record Seen(String instance, String what) implements Event {}

    record Ready(String instance, Endpoint endpoint) implements Event {}

    record StartFailed(String instance, StartFailure failure) implements Event {}

    /** The app had its time to answer and did not. */
    record StartOverdue(String instance) implements Event {}

    /** The container ended without being asked to; {@link Exited} will say how. */
    record Ended(String instance) implements Event {}

    /** The container ended without being asked to. */
    record Exited(String instance, Exit exit) implements Event {}

    /** A connection to the instance was refused. */
    record Unreachable(String instance) implements Event {}

    /** What the instance stands for is somewhere else by now. */
    record Outdated(String instance) implements Event {}

    /** The engine does not answer any more. */
    record RuntimeLost() implements Event {}

    /** The instance may have been idle for long enough. */
    record IdleDue(String instance) implements Event {}

    /** The instance was idle for long enough, and its gate is closed. */
    record IdleClosed(String instance) implements Event {}

    record Paused(String instance) implements Event {}

    record PauseFailed(String instance) implements Event {}

    /** The instance has been paused for long enough, or its memory is needed. */
    record PauseOver(String instance) implements Event {}

    /** A paused instance did not go on. */
    record ResumeFailed(String instance) implements Event {}

    /** Nothing is in flight any more behind the closed gate, or the time for it is over. */
    record Drained(String instance) implements Event {}

    record Stopped(String instance) implements Event {}

    record StopFailed(String instance) implements Event {}

    /** It is time to try a failed stop again. */
    record StopDue(String instance) implements Event {}

    record SleepRequested() implements Event {}

    record SettingsChanged(Project project) implements Event {}

    /** The image could not be got ahead of time. */
    record PrepareFailed(int revision, StartFailure failure) implements Event {}

    record CloseRequested(Refusal refusal) implements Event {}
}
