package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever happens to a project, in whatever order: never two starts in flight, never a stop with a lease out unless the
 * drain time is over or the container is dead, every wait ends exactly once, nobody is overtaken, and without demand
 * nothing is left, neither containers nor leases nor timers. What Luma does not run is never asleep, and found again.
 *
 * <p>A failure names its seed; {@code -Dluma.test.seed=...} repeats that one, {@code -Dluma.test.lives=...} tries more.
 */
@Timeout(120)
class UpstreamPropertyTest {

    private static final int EVENTS = 80;

    @Test
    void anyOrderOfEventsKeepsTheRules() {
        Long one = Long.getLong("luma.test.seed");
        if (one != null) {
            live(one);
        } else {
            LongStream.range(0, Long.getLong("luma.test.lives", 3_000)).forEach(UpstreamPropertyTest::live);
        }
    }

    @Test
    void anyOrderOfEventsKeepsTheRulesOfWhatIsWokenAheadToo() {
        Long one = Long.getLong("luma.test.seed");
        long ahead = (one != null
                        ? LongStream.of(one)
                        : LongStream.range(0, Long.getLong("luma.test.lives", 3_000) / 10))
                .map(seed -> live(seed, RandomLife.rhythmic(seed), 3 * EVENTS).wokenAhead())
                .sum();
        assertTrue(one != null || ahead > 100, "woken ahead: " + ahead);
    }

    private static void live(long seed) {
        live(seed, new RandomLife(seed, seed % 2 == 1), EVENTS);
    }

    private static RandomLife live(long seed, RandomLife life, int events) {
        try {
            life.live(events);
            return life;
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError(
                    "repeat with -Dluma.test.seed=" + seed + "; this is what happened:\n" + life.story(), broken);
        }
    }
}
