package dev.luma.core;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.util.Optional;

/** What a project is doing about new requests, with the data that belongs to it. */
sealed interface Phase {

    /** Nothing takes requests, and nobody asked for it. */
    record Asleep(boolean everStarted) implements Phase {}

    /**
     * An instance is on its way.
     *
     * @param boot how far it has come, and when
     * @param before how it ran before it stopped answering; empty when it has not answered yet
     */
    record Starting(String instance, WakePhase step, Boot boot, Optional<Running> before) implements Phase {
        Starting entered(WakePhase next, long now) {
            return new Starting(instance, next, boot.entered(next, now), before);
        }

        Starting by(Way way, long now) {
            return new Starting(instance, step, boot.by(way, now), before);
        }
    }

    /** An instance takes requests; it became ready at the given reading of the ticker. */
    record Running(String instance, Endpoint endpoint, long since) implements Phase {}

    /** The last start failed; the next one is not tried before the given reading of the ticker. */
    record Failed(String detail, long retryAt) implements Phase {}

    /** The project is gone, or Luma is stopping: everything is refused, for good. */
    record Closed(Refusal refusal) implements Phase {}
}
