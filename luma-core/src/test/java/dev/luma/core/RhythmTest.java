package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Rhythm.Expected;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class RhythmTest {

    private static final Duration ASLEEP = Duration.ofSeconds(20);
    private static final Duration BOOT = Duration.ofMillis(400);
    private static final double DAY = 86_400;

    private static Rhythm of(double... seconds) {
        Rhythm rhythm = Rhythm.UNKNOWN;
        for (double each : seconds) {
            rhythm = rhythm.with(Duration.ofMillis((long) (each * 1_000)));
        }
        return rhythm;
    }

    private static Rhythm drawn(int count, DoubleSupplier seconds) {
        double[] all = new double[count];
        for (int i = 0; i < count; i++) {
            all[i] = seconds.getAsDouble();
        }
        return of(all);
    }

    private static Rhythm steady(int count, double seconds) {
        return drawn(count, () -> seconds);
    }

    private static Optional<Expected> next(Rhythm rhythm) {
        return rhythm.next(ASLEEP, BOOT);
    }

    private static Expected expected(double wake, double giveUp) {
        return new Expected(Duration.ofMillis((long) (wake * 1_000)), Duration.ofMillis((long) (giveUp * 1_000)));
    }

    @Test
    void expectsNothingBeforeItHasSeenEnough() {
        assertEquals(Optional.empty(), next(Rhythm.UNKNOWN));
        assertEquals(Optional.empty(), next(steady(Rhythm.ENOUGH - 1, 300)));
        assertTrue(next(steady(Rhythm.ENOUGH, 300)).isPresent());
    }

    @Test
    void wakesBeforeTheExpectedRequestByTheTimeThatWakingTakes() {
        assertEquals(Optional.of(expected(300 - 1 - 0.4, 301)), next(steady(8, 300)));
        assertEquals(Optional.of(expected(300 - 1 - 30, 301)), steady(8, 300).next(ASLEEP, Duration.ofSeconds(30)));
    }

    /** The latest of ten may come as much later than them as they lie apart. */
    @Test
    void waitsForThoseThatComeEarlyOrLate() {
        assertEquals(
                Optional.of(expected(290 - 2 - 1 - 0.4, 310 + 2 + 1)),
                next(of(300, 290, 300, 310, 300, 295, 305, 300, 300, 300)));
    }

    @Test
    void isNotMistakenAboutARhythmWithExceptions() {
        assertEquals(
                Optional.of(expected(300 - 1 - 0.4, 301)), next(of(300, 300, 25, 300, 300, 300, 4_000, 300, 300, 300)));
    }

    @Test
    void expectsNothingWhenHalfOfThemComeAtAnyTime() {
        assertEquals(Optional.empty(), next(of(300, 700, 300, 2_000, 300, 1_100, 300, 4_000)));
    }

    @Test
    void expectsWhatIsStillToComeOnlyAndWhatOthersHaveComeBehind() {
        Rhythm night = drawn(8, () -> 50_000);
        Rhythm both = night;
        for (int i = 0; i < 40; i++) {
            both = both.with(Duration.ofMinutes(10));
        }
        assertEquals(Optional.of(expected(600 - 1 - 0.4, 601)), next(both));
        assertEquals(
                Optional.of(expected(50_000 - 1 - 0.4, 50_001)), both.next(Duration.ofSeconds(601), BOOT), "at night");
        assertEquals(Optional.empty(), both.next(Duration.ofSeconds(50_001), BOOT));
    }

    @Test
    void expectsNothingWithoutAFewThatLastedLonger() {
        Rhythm rhythm = steady(Rhythm.ENOUGH_LEFT, 900);
        for (int i = 0; i < 20; i++) {
            rhythm = rhythm.with(Duration.ofMinutes(5));
        }
        assertTrue(rhythm.next(Duration.ofSeconds(301), BOOT).isPresent());
        rhythm = steady(Rhythm.ENOUGH_LEFT - 1, 900);
        for (int i = 0; i < 20; i++) {
            rhythm = rhythm.with(Duration.ofMinutes(5));
        }
        assertEquals(Optional.empty(), rhythm.next(Duration.ofSeconds(301), BOOT));
    }

    @Test
    void leavesAloneWhatIsAskedForSoonAnyway() {
        double soonest = 20 + 10 + 1 + 0.4;
        assertEquals(Optional.empty(), next(steady(8, soonest - 0.1)));
        assertEquals(Optional.of(expected(30, soonest + 1)), next(steady(8, soonest)));
    }

    @Test
    void doesNotWaitForWhatComesOnceInAWhile() {
        assertTrue(next(steady(8, 2 * DAY - 1)).isPresent());
        assertEquals(Optional.empty(), next(steady(8, 2 * DAY)));
        assertEquals(Optional.empty(), next(steady(8, 400.0 * DAY)));
    }

    @Test
    void isNeverAwakeInVainForLongerThanHalfOfTheTimeBefore() {
        Optional<Expected> both = next(of(1_000, 1_300, 1_000, 1_300, 1_000, 1_300, 1_000, 1_300));
        assertTrue(both.orElseThrow().giveUp().compareTo(Duration.ofSeconds(1_300)) > 0);
        assertEquals(Optional.empty(), next(of(1_000, 1_600, 1_000, 1_600, 1_000, 1_600, 1_000, 1_600)));
    }

    @Test
    void keepsTheLatestOnlyAndFollowsAChange() {
        Rhythm rhythm = steady(1_000, 300);
        assertEquals(Rhythm.KEPT, rhythm.size());
        for (int i = 0; i < Rhythm.KEPT; i++) {
            rhythm = rhythm.with(Duration.ofMinutes(7));
        }
        assertEquals(Rhythm.KEPT, rhythm.size());
        assertEquals(Optional.of(expected(420 - 1 - 0.4, 421)), next(rhythm));
        assertEquals(next(steady(48, 420)), next(rhythm));
    }

    /** To have waited says nothing about how long there is still to wait. */
    @Test
    void expectsNothingOfRequestsThatComeByChance() {
        SplittableRandom random = new SplittableRandom(7);
        int mistaken = 0;
        int asked = 0;
        for (double mean : new double[] {20, 60, 300, 3_600, 20_000}) {
            for (int count = Rhythm.ENOUGH; count <= Rhythm.KEPT; count += 4) {
                for (int i = 0; i < 40; i++) {
                    Rhythm rhythm = drawn(count, () -> -Math.log(1 - random.nextDouble()) * mean);
                    for (long elapsed : new long[] {20, 100, 1_000}) {
                        asked++;
                        mistaken +=
                                rhythm.next(Duration.ofSeconds(elapsed), BOOT).isPresent() ? 1 : 0;
                    }
                }
            }
        }
        assertTrue(mistaken * 200 < asked, mistaken + " of " + asked);
    }

    /** What is promised of every answer, whatever has been seen. */
    @Test
    void anyIdleTimesKeepTheRules() {
        SplittableRandom random = new SplittableRandom(3);
        int answers = 0;
        for (int i = 0; i < 20_000; i++) {
            double[] seen = anything(random);
            Duration elapsed = Duration.ofSeconds(random.nextInt(4_000));
            Duration boot = Duration.ofMillis(random.nextInt(20_000));
            Optional<Expected> next = of(seen).next(elapsed, boot);
            if (next.isEmpty()) {
                continue;
            }
            answers++;
            Duration wake = next.get().wake();
            Duration giveUp = next.get().giveUp();
            assertTrue(wake.minus(elapsed).compareTo(Rhythm.SHORTEST_SLEEP) >= 0, "too soon: " + next);
            assertTrue(giveUp.compareTo(wake.plus(boot)) > 0, "given up before it is awake: " + next);
            assertTrue(giveUp.minus(wake).multipliedBy(2).compareTo(wake) <= 0, "for too long: " + next);
            long longer = 0;
            long within = 0;
            for (double each : seen) {
                longer += each > elapsed.toSeconds() ? 1 : 0;
                within += each > wake.plus(boot).toSeconds() && each <= giveUp.toSeconds() ? 1 : 0;
            }
            assertTrue(2 * within > longer, within + " of " + longer + " in " + next);
        }
        assertTrue(answers > 1_000, "answers: " + answers);
    }

    /** Idle times about one or two of many lengths, more or less exactly. */
    private static double[] anything(SplittableRandom random) {
        int count = random.nextInt(70);
        double one = Math.exp(random.nextDouble() * 12);
        double other = random.nextBoolean() ? one : Math.exp(random.nextDouble() * 12);
        double spread = random.nextInt(3) == 0 ? 1 : 0.1 * random.nextDouble();
        double[] seen = new double[count];
        for (int i = 0; i < count; i++) {
            double about = random.nextInt(4) == 0 ? other : one;
            seen[i] = Math.rint(about * (1 + spread * (2 * random.nextDouble() - 1)));
        }
        return count <= Rhythm.KEPT ? seen : Arrays.copyOfRange(seen, count - Rhythm.KEPT, count);
    }
}
