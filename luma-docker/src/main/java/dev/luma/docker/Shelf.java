package dev.luma.docker;

import dev.luma.core.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The containers that are kept, at most one for a project: so many, and each for so long. It only remembers them; whatever
 * it hands out is nobody's but the caller's. Thread-safe.
 */
final class Shelf {

    private final int room;
    private final Duration longest;
    private final Ticker ticker;

    /** By the project's name, the one that was put there first at the head. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(Kept kept, long since) {}

    Shelf(int room, Duration longest, Ticker ticker) {
        this.room = room;
        this.longest = longest;
        this.ticker = ticker;
    }

    /** Answers what has to go for it: the one that the project had, and the one that has been there for longest. */
    synchronized List<Kept> put(Kept kept) {
        List<Kept> displaced = new ArrayList<>();
        String name = kept.project().name();
        take(name).ifPresent(displaced::add);
        entries.put(name, new Entry(kept, ticker.nanos()));
        while (entries.size() > room) {
            take(entries.keySet().iterator().next()).ifPresent(displaced::add);
        }
        return displaced;
    }

    synchronized Optional<Kept> take(String project) {
        return Optional.ofNullable(entries.remove(project)).map(Entry::kept);
    }

    synchronized Optional<Kept> find(String project) {
        return Optional.ofNullable(entries.get(project)).map(Entry::kept);
    }

    synchronized boolean hasRoom() {
        return entries.size() < room;
    }

    synchronized List<Kept> all() {
        return entries.values().stream().map(Entry::kept).toList();
    }

    synchronized List<Kept> takeThose(Predicate<Kept> which) {
        return takeEntries(entry -> which.test(entry.kept()));
    }

    /** Those that have been there for long enough. */
    synchronized List<Kept> takeExpired() {
        long now = ticker.nanos();
        return takeEntries(entry -> now - entry.since() >= longest.toNanos());
    }

    private List<Kept> takeEntries(Predicate<Entry> which) {
        List<Kept> taken = new ArrayList<>();
        for (Iterator<Entry> each = entries.values().iterator(); each.hasNext(); ) {
            Entry entry = each.next();
            if (which.test(entry)) {
                each.remove();
                taken.add(entry.kept());
            }
        }
        return taken;
    }
}
