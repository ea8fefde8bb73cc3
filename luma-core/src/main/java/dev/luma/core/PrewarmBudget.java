package dev.luma.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that may be in use for requests that are only expected, of all projects together. Any thread may take of it
 * or give back.
 */
final class PrewarmBudget {

    /**
     * What an instance is counted at. Nobody can say beforehand what it will use, and no project has a limit of its own; most
     * small apps use less.
     */
    static final long EACH = 128L << 20;

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most in octets */
    PrewarmBudget(long most) {
        this.most = most;
    }

    /** Whether there is not enough for a single instance, so that none is ever woken ahead. */
    boolean isOff() {
        return most < EACH;
    }

    /** Takes what one instance is counted at; false when that is more than is left. */
    boolean take() {
        if (taken.addAndGet(EACH) <= most) {
            return true;
        }
        giveBack();
        return false;
    }

    void giveBack() {
        taken.addAndGet(-EACH);
    }

    long taken() {
        return taken.get();
    }
}
