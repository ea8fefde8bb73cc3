package dev.luma.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one word shared between threads: how many requests are in flight, plus a closed bit, changed by compare-and-set.
 * So a request either gets in before the gate closes, or finds it closed; there is no third case.
 */
final class Gate {

    private static final int CLOSED = Integer.MIN_VALUE;
    private static final int COUNT = Integer.MAX_VALUE;

    private final AtomicInteger word = new AtomicInteger();

    /** Counts one request in, unless the gate is closed. */
    boolean tryAcquire() {
        int seen = word.get();
        while (seen >= 0) {
            int witness = word.compareAndExchange(seen, seen + 1);
            if (witness == seen) {
                return true;
            }
            seen = witness;
        }
        return false;
    }

    /** Counts one request out; true when it was the last one behind a closed gate. */
    boolean release() {
        int before = word.getAndDecrement();
        if ((before & COUNT) == 0) {
            word.getAndIncrement();
            throw new IllegalStateException("released more often than acquired");
        }
        return before == CLOSED + 1;
    }

    /** Closes the gate if nothing is in flight. */
    boolean closeIfIdle() {
        return word.compareAndSet(0, CLOSED);
    }

    /** Closes the gate; true when nothing is in flight, so that nothing has to be awaited. */
    boolean close() {
        return (word.getAndUpdate(seen -> seen | CLOSED) & COUNT) == 0;
    }

    /** Opens the gate again; what is in flight stays counted. */
    void reopen() {
        word.getAndUpdate(seen -> seen & COUNT);
    }

    int inFlight() {
        return word.get() & COUNT;
    }

    boolean isClosed() {
        return word.get() < 0;
    }
}
