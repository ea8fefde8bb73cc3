package dev.luma.core;

import java.time.Duration;

/** What a step asks to be done. */
sealed interface Effect {

    /** Get the image that the instance needs, if it is not there. */
    record Prepare(String instance) implements Effect {}

    /** Take a place in the line of all projects that want to start. */
    record StandInLine(String instance) implements Effect {}

    record Start(String instance) implements Effect {}

    /** Ask for a start when this long has passed, even if nobody waits. */
    record StartAgain(Duration delay) implements Effect {}

    /** Try the endpoint until it answers, or until the start is overdue. */
    record Probe(String instance, Endpoint endpoint) implements Effect {}

    /** Try its endpoint no more. */
    record StopTrying(String instance) implements Effect {}

    /** Let requests through to the instance, which came up in this way unless it was open before. */
    record Open(String instance, Endpoint endpoint, Boot boot) implements Effect {}

    /** Let nothing more through to the instance for now. */
    record Suspend(String instance) implements Effect {}

    /** Let nothing more through to the instance, and say when nothing is in flight or the time for it is over. */
    record Drain(String instance) implements Effect {}

    /** Set the timer for the moment at which the instance can have been idle for long enough. */
    record WatchIdle(String instance) implements Effect {}

    /** Close the gate of the instance if it has been idle for long enough. */
    record CloseIfIdle(String instance) implements Effect {}

    /** Freeze the instance. */
    record Pause(String instance) implements Effect {}

    /** Set the timer for the moment at which the instance has been paused for long enough. */
    record WatchPause(String instance) implements Effect {}

    /** Let the frozen instance go on; it is ready at once. */
    record Resume(String instance, Endpoint endpoint) implements Effect {}

    /** Look whether the container still runs. */
    record Check(String instance) implements Effect {}

    record Stop(String instance) implements Effect {}

    /** Stop the instance; what it ran in may be kept. */
    record Sleep(String instance) implements Effect {}

    /** Nothing is left to do for the project: time to get ready for its next start. */
    record MakeAhead() implements Effect {}

    record RetryStop(String instance) implements Effect {}

    /** Nothing is left of the instance. */
    record Forget(String instance) implements Effect {}

    /** Let those in the line through, as many as the instance is given at once. */
    record Grant() implements Effect {}

    record RefuseAll(Refusal refusal) implements Effect {}
}
