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
 */
public record BootHistory(Map<Way, List<Duration>> totals, Optional<Way> last) {

    static final BootHistory NONE = new BootHistory(Map.of(), Optional.empty());

    /** Enough for a median that one slow wake does not move, and few enough to follow a change. */
    private static final int KEPT = 9;

    public BootHistory {
        totals = Map.copyOf(totals);
    }

    BootHistory with(Boot boot) {
        List<Duration> ofWay = new ArrayList<>(totals.getOrDefault(boot.way(), List.of()));
        ofWay.add(boot.total());
        Map<Way, List<Duration>> changed = new EnumMap<>(Way.class);
        changed.putAll(totals);
        changed.put(boot.way(), List.copyOf(ofWay.subList(Math.max(0, ofWay.size() - KEPT), ofWay.size())));
        return new BootHistory(changed, Optional.of(boot.way()));
    }

    /** How many wakes in this way are remembered. */
    public int count(Way way) {
        return totals.getOrDefault(way, List.of()).size();
    }

    /** Half of the latest wakes in this way took at most so long; empty if there was none. */
    public Optional<Duration> median(Way way) {
        List<Duration> sorted =
                totals.getOrDefault(way, List.of()).stream().sorted().toList();
        return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get((sorted.size() - 1) / 2));
    }

    /** How long the next wake will probably take; empty if nothing is known. */
    public Optional<Duration> expected() {
        return last.flatMap(this::median);
    }
}
