package dev.luma.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long the latest wakes of a project took, by the way that they took. Immutable.
 *
 * @param totals the latest of each way, oldest first
 * @param last the way of the latest wake of all
 * @param images what the image has to do with it
 */
public record BootHistory(Map<Way, List<Duration>> totals, Optional<Way> last, ImageBoots images) {

    public static final BootHistory NONE = new BootHistory(Map.of(), Optional.empty(), ImageBoots.NONE);

    /** Enough for a median that one slow wake does not move, and few enough to follow a change. */
    private static final int KEPT = 9;

    public BootHistory {
        totals = Map.copyOf(totals);
    }

    BootHistory with(Boot boot) {
        Map<Way, List<Duration>> changed = new EnumMap<>(Way.class);
        changed.putAll(totals);
        changed.put(boot.way(), latest(totals.getOrDefault(boot.way(), List.of()), boot.total()));
        return new BootHistory(changed, Optional.of(boot.way()), images.with(boot));
    }

    /** The engine has told which image a container has; {@code counted} if its boot is the latest. */
    BootHistory ofImage(String id, boolean counted) {
        return new BootHistory(totals, last, images.of(id, counted));
    }

    /** For another image: nothing is known of it but what it will be compared with. */
    BootHistory ofNextImage() {
        return new BootHistory(Map.of(), Optional.empty(), images.next());
    }

    static List<Duration> latest(List<Duration> until, Duration next) {
        List<Duration> all = new ArrayList<>(until);
        all.add(next);
        return List.copyOf(all.subList(Math.max(0, all.size() - KEPT), all.size()));
    }

    /** How many wakes in this way are remembered. */
    public int count(Way way) {
        return totals.getOrDefault(way, List.of()).size();
    }

    /** Half of the latest wakes in this way took at most so long; empty if there was none. */
    public Optional<Duration> median(Way way) {
        return median(totals.getOrDefault(way, List.of()));
    }

    static Optional<Duration> median(List<Duration> durations) {
        List<Duration> sorted = durations.stream().sorted().toList();
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get((sorted.size() - 1) / 2));
    }

    /** Whether the image boots clearly slower than the one before. */
    public Optional<SlowerBoot> slower() {
        return images.slower();
    }

    /** The same, but also of an image that has been so and is no longer: so it can be told once. */
    public boolean wasSlower() {
        return images.wasSlower();
    }

    /** How long the next wake will probably take; empty if nothing is known. */
    public Optional<Duration> expected() {
        return last.flatMap(this::median);
    }

    /** The same for a wake that is a start, even if the latest were none; of several ways it could take, the slowest. */
    Optional<Duration> expectedStart() {
        return last.filter(way -> way != Way.UNPAUSE)
                .flatMap(this::median)
                .or(() -> totals.keySet().stream()
                        .filter(way -> way != Way.UNPAUSE)
                        .flatMap(way -> median(way).stream())
                        .max(Duration::compareTo));
    }
}
