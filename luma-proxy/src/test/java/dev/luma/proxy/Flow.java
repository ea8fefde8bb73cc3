package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** How far a long transfer has come, and how much of it lies in Luma. */
final class Flow {

    private final AtomicLong moved = new AtomicLong();

    void moved(int octets) {
        moved.addAndGet(octets);
    }

    long moved() {
        return moved.get();
    }

    /** Returns when something was moved and then nothing more, because everything on the way is full. */
    void awaitStandstill() {
        AtomicLong last = new AtomicLong(-1);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(150))
                .until(() -> {
                    long now = moved.get();
                    return now > 0 && last.getAndSet(now) == now;
                });
    }

    /** How much memory the buffers of all connections take at this moment. */
    static long buffered(ProxyKit kit) {
        return kit.allocator.pinnedDirectMemory() + kit.allocator.pinnedHeapMemory();
    }

    /** How much of it lies in queues of a kit with one loop, and is not just being read. */
    static long queued(ProxyKit kit) {
        Loop loop = kit.server.loops().iterator().next();
        return loop.eventLoop.submit(() -> buffered(kit)).syncUninterruptibly().getNow();
    }

    static void assertBufferedAtMost(ProxyKit kit, long octets) {
        long buffered = buffered(kit);
        assertTrue(buffered <= octets, "buffers take " + buffered + " octets");
    }
}
