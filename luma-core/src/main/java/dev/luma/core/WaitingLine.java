package dev.luma.core;

import org.jspecify.annotations.Nullable;

/**
 * The bounded line of one project: first in, first out, and leaving from the middle costs nothing. Everyone in it has one
 * of the places that all lines share. Confined to the project's mailbox.
 */
final class WaitingLine {

    private final int capacity;
    private final Places places;
    private @Nullable Waiter head;
    private @Nullable Waiter tail;
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

    @Nullable
    Waiter peek() {
        return head;
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** Puts the waiter at the end; false when the line is full, or no place is left in any line. */
    boolean add(Waiter waiter) {
        if (isFull() || !places.take()) {
            return false;
        }
        waiter.previous = tail;
        if (tail == null) {
            head = waiter;
        } else {
            tail.next = waiter;
        }
        tail = waiter;
        waiter.inLine = true;
        size++;
        return true;
    }

    @Nullable
    Waiter poll() {
        Waiter first = head;
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** Takes the waiter out, wherever it stands; does nothing if it does not stand in the line. */
    void remove(Waiter waiter) {
        if (!waiter.inLine) {
            return;
        }
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
        waiter.previous = null;
        waiter.next = null;
        waiter.inLine = false;
        size--;
        places.giveBack();
    }

    /** Takes out and refuses everyone whose deadline has come. */
    void expire(long now, Refusal refusal) {
        Waiter waiter = head;
        while (waiter != null) {
            Waiter after = waiter.next;
            if (waiter.deadline - now <= 0) {
                remove(waiter);
                waiter.refuse(refusal);
            }
            waiter = after;
        }
    }

    /** Nanoseconds from {@code now} until the next deadline in the line; {@link Long#MAX_VALUE} when it is empty. */
    long untilNextDeadline(long now) {
        long least = Long.MAX_VALUE;
        for (Waiter waiter = head; waiter != null; waiter = waiter.next) {
            least = Math.min(least, waiter.deadline - now);
        }
        return least;
    }
}
