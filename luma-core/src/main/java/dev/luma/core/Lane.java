package dev.luma.core;

import org.jspecify.annotations.Nullable;

/** Those who wait of one client: first in, first out, and leaving from the middle costs nothing. */
final class Lane {

    private @Nullable Waiter head;
    private @Nullable Waiter tail;

    boolean isEmpty() {
        return head == null;
    }

    @Nullable
    Waiter first() {
        return head;
    }

    void add(Waiter waiter) {
        waiter.previous = tail;
        if (tail == null) {
            head = waiter;
        } else {
            tail.next = waiter;
        }
        tail = waiter;
    }

    void remove(Waiter waiter) {
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
    }
}
