package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What waking ahead is worth to projects that are asked for in typical ways: the share of the waits that it saves, the
 * misses, and for how much of the time the project is awake more. {@code -Dluma.figures=true} prints them.
 */
class PrewarmRhythmsTest {

    private static final Duration BOOT = Duration.ofMillis(400);
    private static final double MINUTE = 60;
    private static final double HOUR = 3_600;
    private static final double DAY = 86_400;

    /** When requests come, and what is expected of waking ahead. */
    private enum Way {
        EVERY_5_MINUTES(0.95, 0.02, 0.02) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> 5 * MINUTE + random.nextGaussian();
            }
        },
        EVERY_5_MINUTES_GIVE_OR_TAKE_10_SECONDS(0.9, 0.05, 0.1) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> 5 * MINUTE + 10 * random.nextGaussian();
            }
        },
        HOURLY(0.9, 0.05, 0.03) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> HOUR + 20 * random.nextGaussian();
            }
        },
        NIGHTLY_GIVE_OR_TAKE_10_MINUTES(0.85, 0.05, 0.03) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> DAY + 10 * MINUTE * random.nextGaussian();
            }
        },
        EVERY_10_MINUTES_BY_DAY_ONLY(0.85, 0.15, 0.02) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                int[] count = new int[1];
                return () -> count[0]++ % 48 == 47 ? DAY - 47 * 10 * MINUTE : 10 * MINUTE + random.nextGaussian();
            }
        },
        /** Bursts of page views, breaks of any length, nights. */
        PEOPLE_AT_WORK(0, 0.02, 0.01) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                double[] time = {9 * HOUR};
                return () -> {
                    double gap = random.nextInt(7) > 0
                            ? 1 + 15 * random.nextDouble()
                            : 20 + 25 * MINUTE * exponential(random);
                    double ofDay = (time[0] + gap) % DAY;
                    gap += ofDay > 18 * HOUR ? DAY + 9 * HOUR - ofDay + HOUR / 4 * random.nextGaussian() : 0;
                    time[0] += gap;
                    return gap;
                };
            }
        },
        BY_CHANCE_EVERY_5_MINUTES(0, 0.01, 0.005) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> 5 * MINUTE * exponential(random);
            }
        },
        BY_CHANCE_EVERY_HOUR(0, 0.01, 0.005) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> HOUR * exponential(random);
            }
        },
        IN_BURSTS(0, 0.02, 0.01) {
            @Override
            DoubleSupplier gaps(SplittableRandom random) {
                return () -> 10 * MINUTE * Math.exp(2 * random.nextGaussian());
            }
        };

        private final double saved;
        private final double misses;
        private final double awake;

        /**
         * @param saved at least this share of waits is saved
         * @param misses at most so many for each wait that there would be without
         * @param awake at most this share of the time it is awake more
         */
        Way(double saved, double misses, double awake) {
            this.saved = saved;
            this.misses = misses;
            this.awake = awake;
        }

        /** Seconds from one request to the next. */
        abstract DoubleSupplier gaps(SplittableRandom random);

        private static double exponential(SplittableRandom random) {
            return -Math.log(1 - random.nextDouble());
        }
    }

    /** What became of the same requests. */
    private record Outcome(int waits, long waited, Duration awake, int misses, Duration took) {

        double awakeShare() {
            return (double) awake.toMillis() / took.toMillis();
        }
    }

    @ParameterizedTest
    @EnumSource
    void areMetOrLeftAlone(Way way) {
        Outcome without = play(way, false);
        Outcome with = play(way, true);
        double saved = 1 - (double) with.waited / without.waited;
        double misses = (double) with.misses / without.waits;
        double more = with.awakeShare() - without.awakeShare();
        String figures = String.format(
                Locale.ROOT,
                "%s: of %d waits %.1f%% of their time saved, %.1f%% misses, awake %.2f%% of the time and %+.2f%%",
                way.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                without.waits,
                100 * saved,
                100 * misses,
                100 * without.awakeShare(),
                100 * more);
        if (Boolean.getBoolean("luma.figures")) {
            System.out.println(figures);
        }
        assertTrue(saved >= way.saved && misses <= way.misses && more <= way.awake, figures);
    }

    private static Outcome play(Way way, boolean prewarm) {
        Simulation simulation = new Simulation();
        simulation.change(Samples.withPrewarm(Samples.shop(), prewarm));
        simulation.runtime.takesTime(BOOT, Duration.ZERO);
        Awake awake = new Awake(simulation);
        DoubleSupplier gaps = way.gaps(new SplittableRandom(11));
        int waits = 0;
        Duration waited = Duration.ZERO;
        for (int i = 0; i < 1_200; i++) {
            FakeRequest request = simulation.request();
            Duration asked = simulation.time.elapsed();
            while (!request.isGranted()) {
                simulation.time.advance(Duration.ofMillis(10));
            }
            Duration wait = simulation.time.elapsed().minus(asked);
            waits += wait.isZero() ? 0 : 1;
            waited = waited.plus(wait);
            request.finish();
            simulation.time.advance(
                    Duration.ofMillis((long) (1_000 * gaps.getAsDouble())).minus(wait));
        }
        int misses =
                simulation.upstream().status().prewarms().map(Prewarms::misses).orElse(0);
        simulation.assertNoViolation();
        return new Outcome(waits, waited.toMillis(), awake.soFar(), misses, simulation.time.elapsed());
    }

    /** For how long something of the project was in the engine. */
    private static final class Awake {
        private final Simulation simulation;
        private final List<Duration> changes = new ArrayList<>();

        Awake(Simulation simulation) {
            this.simulation = simulation;
            simulation.onChange = status -> {
                boolean up =
                        status.state() == ProjectStatus.State.STARTING || status.state() == ProjectStatus.State.RUNNING;
                if (up == (changes.size() % 2 == 0)) {
                    changes.add(simulation.time.elapsed());
                }
            };
        }

        Duration soFar() {
            Duration sum = Duration.ZERO;
            for (int i = 0; i < changes.size(); i++) {
                sum = i % 2 == 0 ? sum.minus(changes.get(i)) : sum.plus(changes.get(i));
            }
            return changes.size() % 2 == 0 ? sum : sum.plus(simulation.time.elapsed());
        }
    }
}
