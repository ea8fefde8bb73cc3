package dev.luma.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bounded line of one project: the clients take turns, in the order in which they came, and each client's requests
 * stay in order. So one that asks a hundred times holds up nobody who asks once. Leaving from the middle costs nothing.
 * Everyone in it has one of the places that all lines share. Confined to the project's mailbox.
 */
final class WaitingLine {

    private final int capacity;
    private final Places places;

    /** The lanes of the clients who have somebody in the line, in the order of their turns. */
    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    /** Those who want to hear how the wake goes on; made when the first one comes, as most lines never have one. */
    private @Nullable Collection<Waiter> watchers;

    private int size;

    WaitingLine(int capacity, Places places) {
        this.capacity = capacity;
        this.places = places;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Those in the line who want to hear how the wake goes on. */
    Collection<Waiter> watchers() {
        return watchers == null ? List.of() : watchers;
    }

    /** The one whose turn it is. */
    @Nullable
    Waiter peek() {
        return isEmpty() ? null : lanes.values().iterator().next().first();
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** Puts the waiter behind its client's others; false when the line is full, or no place is left in any line. */
    boolean add(Waiter waiter) {
        if (isFull() || !places.take()) {
            return false;
        }
        lanes.computeIfAbsent(waiter.client, absent -> new Lane()).add(waiter);
        waiter.inLine = true;
        size++;
        if (waiter.isWatching()) {
            watchers = watchers == null ? new LinkedHashSet<>() : watchers;
            watchers.add(waiter);
        }
        return true;
    }

    /** Takes out the one whose turn it is; its client's next turn comes after those of all others. */
    @Nullable
    Waiter poll() {
        Waiter first = peek();
        if (first != null) {
            remove(first);
            Lane rest = lanes.remove(first.client);
            if (rest != null) {
                lanes.put(first.client, rest);
            }
        }
        return first;
    }

    /** Takes the waiter out, wherever it stands; does nothing if it does not stand in the line. */
    void remove(Waiter waiter) {
        Lane lane = lanes.get(waiter.client);
        if (!waiter.inLine || lane == null) {
            return;
        }
        lane.remove(waiter);
        if (lane.isEmpty()) {
            lanes.remove(waiter.client);
        }
        waiter.inLine = false;
        size--;
        if (waiter.isWatching() && watchers != null) {
            watchers.remove(waiter);
        }
        places.giveBack();
    }

    /** Takes out everyone whose deadline has come. */
    List<Waiter> takeOverdue(long now) {
        List<Waiter> overdue = new ArrayList<>();
        forEach(waiter -> {
            if (waiter.deadline - now <= 0) {
                overdue.add(waiter);
            }
        });
        overdue.forEach(this::remove);
        return overdue;
    }

    /** Nanoseconds from {@code now} until the next deadline in the line; {@link Long#MAX_VALUE} when it is empty. */
    long untilNextDeadline(long now) {
        long[] least = {Long.MAX_VALUE};
        forEach(waiter -> least[0] = Math.min(least[0], waiter.deadline - now));
        return least[0];
    }

    private void forEach(Consumer<Waiter> action) {
        for (Lane lane : lanes.values()) {
            for (Waiter waiter = lane.first(); waiter != null; waiter = waiter.next) {
                action.accept(waiter);
            }
        }
    }
}
