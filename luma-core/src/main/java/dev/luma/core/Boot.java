package dev.luma.core;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * One wake: which way it took and when. The moments are readings of {@link Ticker#nanos()}.
 *
 * @param asked when the project began to wake
 * @param entered when each phase was entered; a phase that there was nothing to do for may be missing
 * @param ready when the app answered; until then, the moment that was noted last
 */
public record Boot(Way way, long asked, Map<WakePhase, Long> entered, long ready) {

    public Boot {
        entered = Map.copyOf(entered);
    }

    static Boot asked(Way expected, WakePhase first, long now) {
        return new Boot(expected, now, Map.of(first, now), now);
    }

    Boot entered(WakePhase phase, long now) {
        Map<WakePhase, Long> all = new EnumMap<>(WakePhase.class);
        all.putAll(entered);
        all.putIfAbsent(phase, now);
        return new Boot(way, asked, all, now);
    }

    Boot by(Way taken, long now) {
        return new Boot(taken, asked, entered, now);
    }

    Boot ready(long now) {
        return new Boot(way, asked, entered, now);
    }

    /** From the moment at which the project began to wake until it answered. */
    public Duration total() {
        return Duration.ofNanos(ready - asked);
    }

    /** How long it was in the phase: until the next one was entered, or the app answered. */
    public Duration in(WakePhase phase) {
        Long from = entered.get(phase);
        if (from == null) {
            return Duration.ZERO;
        }
        long until = ready;
        for (Map.Entry<WakePhase, Long> other : entered.entrySet()) {
            if (other.getKey().compareTo(phase) > 0) {
                until = Math.min(until, other.getValue());
            }
        }
        return Duration.ofNanos(Math.max(0, until - from));
    }
}
