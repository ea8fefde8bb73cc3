package dev.luma.proxy;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Hands access records from one event loop to the one thread that writes them. A full ring drops the new record and counts
 * it: the log never makes a request wait. No lock, no allocation, and nobody is woken: the writer looks from time to time.
 */
public final class AccessRing {

    private final AccessRecord[] slots;
    private final int mask;
    /** The number of the next record to be put; written by the loop only. */
    private final AtomicLong put = new AtomicLong();
    /** The number of the next record to be taken; written by the writer only. */
    private final AtomicLong taken = new AtomicLong();

    private final AtomicLong dropped = new AtomicLong();
    /** What the loop has last seen of {@link #taken}, so that it seldom touches the writer's cache line. */
    private long takenSeen;

    /**
     * Makes an empty ring.
     *
     * @param capacity a power of two
     */
    public AccessRing(int capacity) {
        if (capacity < 1 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("not a power of two: " + capacity);
        }
        slots = new AccessRecord[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new AccessRecord();
        }
        mask = capacity - 1;
    }

    /** Copies the record; for the loop's thread only. */
    public boolean offer(AccessRecord record) {
        long next = put.getPlain();
        if (next - takenSeen >= slots.length) {
            takenSeen = taken.getAcquire();
            if (next - takenSeen >= slots.length) {
                dropped.setOpaque(dropped.getPlain() + 1);
                return false;
            }
        }
        slots[(int) next & mask].set(record);
        put.setRelease(next + 1);
        return true;
    }

    /** The oldest record, valid until {@link #release}, or null; for the writer's thread only. */
    public @Nullable AccessRecord peek() {
        long next = taken.getPlain();
        return next < put.getAcquire() ? slots[(int) next & mask] : null;
    }

    /** Gives the slot of the oldest record back; for the writer's thread only. */
    public void release() {
        taken.setRelease(taken.getPlain() + 1);
    }

    /** How many records found no room so far. */
    public long dropped() {
        return dropped.getOpaque();
    }
}
