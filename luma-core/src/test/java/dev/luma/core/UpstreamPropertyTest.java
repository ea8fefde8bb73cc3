package dev.luma.core;

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

    private static void live(long seed) {
        RandomLife life = new RandomLife(seed, seed % 2 == 1);
        try {
            life.live(EVENTS);
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError(
                    "repeat with -Dluma.test.seed=" + seed + "; this is what happened:\n" + life.story(), broken);
        }
    }
}
