package dev.luma.proxy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Where the event loops leave what the access log tells: a ring for each of them, or nothing when there is no log. */
public final class AccessLog {

    private final int capacity;
    private final List<AccessRing> rings = new CopyOnWriteArrayList<>();

    private AccessLog(int capacity) {
        this.capacity = capacity;
    }

    /** Keeps nothing, and costs next to nothing. */
    public static AccessLog off() {
        return new AccessLog(0);
    }

    /** Keeps records for a writer: as many of each loop as {@code capacity}, a power of two. */
    public static AccessLog on(int capacity) {
        return new AccessLog(capacity);
    }

    @Nullable
    AccessRing newRing() {
        if (capacity == 0) {
            return null;
        }
        return addRing();
    }

    /** Adds the ring of one more loop. */
    public AccessRing addRing() {
        AccessRing ring = new AccessRing(capacity);
        rings.add(ring);
        return ring;
    }

    /** One for each loop; for the writer. */
    public List<AccessRing> rings() {
        return rings;
    }
}
