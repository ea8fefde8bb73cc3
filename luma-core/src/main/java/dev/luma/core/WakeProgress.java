package dev.luma.core;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a wake has come, for those who wait for it.
 *
 * @param phase what is being done
 * @param ahead how many other projects start before it, as long as it waits for its turn
 * @param elapsed for how long it has been waking
 * @param expected how long it will probably take in all; empty if nothing is known
 */
public record WakeProgress(WakePhase phase, int ahead, Duration elapsed, Optional<Duration> expected) {

    private static final Duration SOON = Duration.ofSeconds(1);

    /** Empty while nothing is being started. */
    static Optional<WakeProgress> of(ProjectState state, int ahead, long now) {
        if (!(state.phase() instanceof Phase.Starting starting)) {
            return Optional.empty();
        }
        Boot boot = starting.boot();
        return Optional.of(new WakeProgress(
                starting.step(),
                starting.isInLine() ? ahead : 0,
                Duration.ofNanos(now - boot.asked()),
                boot.way() == Way.UNPAUSE
                        ? state.boots().median(Way.UNPAUSE)
                        : state.boots().expectedStart()));
    }

    /** When it makes sense to ask again: what the wake will probably still take, and a second at least. */
    public Duration left() {
        return expected.map(all -> all.minus(elapsed))
                .filter(left -> left.compareTo(SOON) > 0)
                .orElse(SOON);
    }

    /** Whether it says nothing new to those who have a clock. */
    boolean isLike(@Nullable WakeProgress other) {
        return other != null && phase == other.phase && ahead == other.ahead && expected.equals(other.expected);
    }
}
