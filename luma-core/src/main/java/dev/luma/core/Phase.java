package dev.luma.core;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.util.Optional;

/** What a project is doing about new requests, with the data that belongs to it. */
sealed interface Phase {

    /** Nothing takes requests, and nobody asked for it. */
    record Asleep(boolean everStarted) implements Phase {}

    /**
     * An instance is on its way. Up to the line nothing of it is in the engine.
     *
     * @param boot how far it has come, and when
     * @param before how it ran before it stopped answering; empty when it has not answered yet
     * @param trial how it is tried; empty while nobody knows where it is
     * @param ended whether its container has ended, and only how is not known yet
     */
    record Starting(
            String instance, WakePhase step, Boot boot, Optional<Running> before, Optional<Trial> trial, boolean ended)
            implements Phase {

        static Starting of(String instance, Way expected, WakePhase first, long now) {
            return new Starting(
                    instance, first, Boot.asked(expected, first, now), Optional.empty(), Optional.empty(), false);
        }

        static Starting again(Running before, Way expected, long now) {
            WakePhase step = WakePhase.READY;
            return new Starting(
                            before.instance(),
                            step,
                            Boot.asked(expected, step, now),
                            Optional.of(before),
                            Optional.empty(),
                            false)
                    .triedAt(before.endpoint());
        }

        Starting entered(WakePhase next, long now) {
            return new Starting(instance, next, boot.entered(next, now), before, trial, ended);
        }

        Starting by(Way way, long now) {
            return new Starting(instance, step, boot.by(way, now), before, trial, ended);
        }

        Starting triedAt(Endpoint endpoint) {
            return new Starting(
                    instance, step, boot, before, Optional.of(new Trial(endpoint, Optional.empty())), ended);
        }

        /** Empty while nobody knows where it is: then there is nothing to see. */
        Optional<Starting> seeing(String what) {
            return trial.map(at -> new Starting(
                    instance, step, boot, before, Optional.of(new Trial(at.endpoint(), Optional.of(what))), ended));
        }

        /** It is not tried any more: whoever answers at its address from now on is another. */
        Starting over() {
            return new Starting(instance, step, boot, before, Optional.empty(), true);
        }

        /** What was seen last at its endpoint, if there is something to tell. */
        Optional<String> seen() {
            return trial.flatMap(Trial::seen);
        }

        boolean isInLine() {
            return step == WakePhase.LINE;
        }

        /** Whether the runtime has been asked to start it. */
        boolean isBegun() {
            return step.compareTo(WakePhase.LINE) > 0;
        }
    }

    /** An endpoint that is tried, and what was seen there last; empty as long as nobody took a connection. */
    record Trial(Endpoint endpoint, Optional<String> seen) {}

    /** An instance takes requests; it became ready at the given reading of the ticker. */
    record Running(String instance, Endpoint endpoint, long since) implements Phase {}

    /** The instance is idle and is being paused; its gate is closed. */
    record Pausing(Running was) implements Phase {}

    /** The instance is frozen until it is asked for again, or has been so for too long. */
    record Paused(Running was) implements Phase {}

    /** The last start failed; the next one is not tried before the given reading of the ticker. */
    record Failed(String detail, long retryAt) implements Phase {}

    /** The project is gone, or Luma is stopping: everything is refused, for good. */
    record Closed(Refusal refusal) implements Phase {}
}
