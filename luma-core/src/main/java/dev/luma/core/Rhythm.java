package dev.luma.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How long a project was left alone, each time, until it was asked for again: the latest of these idle times, as a value
 * of fixed size, and what they let expect of the next one.
 *
 * <p>Of all windows from one of these idle times to another it takes the one that is worth most: the share of the idle
 * times that end in it, which is the chance to save a wait, less its price, which is the share of its sleep that the
 * project loses by being awake from the window's beginning on. Only idle times that are longer than the present one is
 * already count. For requests that come by chance both shares are the same, since having waited says nothing about the
 * time still to wait: then no window is worth anything, and nothing is expected. It takes a rhythm to be worth half of
 * all that could be gained, and to wait never for longer than half of the time before. Should one window have passed in
 * vain, the idle times behind it may have another, such as that of the night behind that of the day.
 *
 * <p>The idle times are kept as they are, rather than counted in bins of a minute: a window then is as narrow as the
 * rhythm is exact, and what a project did long ago is forgotten one by one.
 */
final class Rhythm {

    /** Nothing is known yet. */
    static final Rhythm UNKNOWN = new Rhythm(new int[0]);

    /** How many idle times are kept: four bytes each. */
    static final int KEPT = 48;

    /** Fewer show no rhythm. */
    static final int ENOUGH = 8;

    /** As many of them have to be longer than the present one. */
    static final int ENOUGH_LEFT = 5;

    /** A project that is left alone for longer is not waited for. */
    static final Duration LONGEST = Duration.ofDays(2);

    /** Waking sooner would spare less than to go to sleep and to wake costs. */
    static final Duration SHORTEST_SLEEP = Duration.ofSeconds(10);

    /** Within which even an exact clock strikes. */
    private static final long SLACK = 1_000;

    /** Of all that could be gained, half. */
    private static final double WORTH = 0.5;

    /** In milliseconds, oldest first. */
    private final int[] idle;

    private Rhythm(int[] idle) {
        this.idle = idle;
    }

    /**
     * When to wake a project, and when to give it up, both counted from its last use.
     *
     * @param wake so early that it is ready when the first request can be expected
     * @param giveUp when the last one should have come
     */
    record Expected(Duration wake, Duration giveUp) {}

    /** The same, and one more idle time; the oldest is forgotten. */
    Rhythm with(Duration latest) {
        int from = idle.length < KEPT ? 0 : 1;
        int[] next = Arrays.copyOfRange(idle, from, idle.length + 1);
        next[next.length - 1] = (int) Math.max(0, Math.min(latest.toMillis(), LONGEST.toMillis()));
        return new Rhythm(next);
    }

    int size() {
        return idle.length;
    }

    /**
     * When the next request can be expected; empty if there is no telling.
     *
     * @param elapsed how long it has been left alone already
     * @param boot how long it takes to wake
     */
    Optional<Expected> next(Duration elapsed, Duration boot) {
        long gone = elapsed.toMillis();
        int[] left = IntStream.of(idle).filter(each -> each > gone).sorted().toArray();
        return idle.length < ENOUGH || left.length < ENOUGH_LEFT ? Optional.empty() : best(left, gone, boot.toMillis());
    }

    private static Optional<Expected> best(int[] left, long gone, long boot) {
        long[] sums = new long[left.length + 1];
        for (int i = 0; i < left.length; i++) {
            sums[i + 1] = sums[i] + left[i];
        }
        double asleep = sums[left.length] - (double) gone * left.length;
        double worth = WORTH;
        Optional<Expected> best = Optional.empty();
        for (int first = 0; first < left.length; first++) {
            for (int last = first; last < left.length && left[last] < LONGEST.toMillis(); last++) {
                int within = last - first + 1;
                // So many others would lie as close together; the next one may well be a little outside.
                long slack = SLACK + (left[last] - left[first]) / within;
                long wake = left[first] - slack - boot;
                long giveUp = left[last] + slack;
                if (wake < gone + SHORTEST_SLEEP.toMillis() || giveUp - wake > wake / 2) {
                    continue;
                }
                long hits = sums[last + 1] - sums[first] - within * wake;
                long misses = (left.length - 1 - last) * (giveUp - wake);
                double gain = (double) within / left.length - (hits + misses) / asleep;
                if (gain > worth) {
                    worth = gain;
                    best = Optional.of(new Expected(Duration.ofMillis(wake), Duration.ofMillis(giveUp)));
                }
            }
        }
        return best;
    }
}
