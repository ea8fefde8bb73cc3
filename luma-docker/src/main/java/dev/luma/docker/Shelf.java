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

    /** By the project's name, the one that was used last at the end. */
    private final Map<String, Kept> entries = new LinkedHashMap<>();

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
        entries.put(name, kept);
        while (entries.size() > room) {
            take(entries.keySet().iterator().next()).ifPresent(displaced::add);
        }
        return displaced;
    }

    synchronized Optional<Kept> take(String project) {
        return Optional.ofNullable(entries.remove(project));
    }

    synchronized Optional<Kept> find(String project) {
        return Optional.ofNullable(entries.get(project));
    }

    synchronized boolean hasRoom() {
        return entries.size() < room;
    }

    synchronized List<Kept> all() {
        return List.copyOf(entries.values());
    }

    synchronized List<Kept> takeThose(Predicate<Kept> which) {
        List<Kept> taken = new ArrayList<>();
        for (Iterator<Kept> each = entries.values().iterator(); each.hasNext(); ) {
            Kept kept = each.next();
            if (which.test(kept)) {
                each.remove();
                taken.add(kept);
            }
        }
        return taken;
    }

    /** Those that have been kept for long enough, in all. */
    List<Kept> takeExpired() {
        return takeThose(kept -> isOver(kept.since()));
    }

    /** Whether what was first kept at this reading of the ticker has been kept for long enough. */
    boolean isOver(long since) {
        return ticker.nanos() - since >= longest.toNanos();
    }
}
