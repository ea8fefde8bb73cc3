package dev.luma.core;

import java.util.concurrent.atomic.AtomicInteger;

/** The places in which requests can wait, of all projects together. Any thread may take one or give it back. */
final class Places {

    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    Places(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /** Takes a place; false when there is none left. */
    boolean take() {
        if (taken.incrementAndGet() <= most) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    void giveBack() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
