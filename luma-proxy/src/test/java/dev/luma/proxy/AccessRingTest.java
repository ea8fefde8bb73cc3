package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AccessRingTest {

    private static AccessRecord record(int number) {
        AccessRecord record = new AccessRecord();
        byte[] target = ("/" + number).getBytes(StandardCharsets.US_ASCII);
        record.put(AccessRecord.Text.TARGET, target, 0, target.length);
        record.bodyOctets = number;
        return record;
    }

    private static long take(AccessRing ring) {
        AccessRecord oldest = ring.peek();
        if (oldest == null) {
            return -1;
        }
        assertEquals("/" + oldest.bodyOctets, oldest.string(AccessRecord.Text.TARGET));
        long number = oldest.bodyOctets;
        ring.release();
        return number;
    }

    @Test
    void recordsComeOutInOrderHoweverOftenTheRingGoesRound() {
        AccessRing ring = new AccessRing(4);
        for (int i = 0; i < 50; i += 2) {
            assertTrue(ring.offer(record(i)));
            assertTrue(ring.offer(record(i + 1)));
            assertEquals(i, take(ring));
            assertEquals(i + 1, take(ring));
            assertEquals(-1, take(ring));
        }
        assertEquals(0, ring.dropped());
    }

    @Test
    void aFullRingDropsTheNewRecordAndCountsIt() {
        AccessRing ring = new AccessRing(2);
        assertTrue(ring.offer(record(0)));
        assertTrue(ring.offer(record(1)));
        assertFalse(ring.offer(record(2)));
        assertFalse(ring.offer(record(3)));
        assertEquals(2, ring.dropped());
        assertEquals(0, take(ring));
        assertTrue(ring.offer(record(4)));
        assertEquals(1, take(ring));
        assertEquals(4, take(ring));
    }

    @Test
    void aSlotDoesNotChangeWithTheRecordThatWasPut() {
        AccessRing ring = new AccessRing(1);
        AccessRecord mine = record(7);
        ring.offer(mine);
        mine.clear();
        assertEquals(7, take(ring));
    }

    @Test
    void aRecordKeepsTheBeginningOfALongTextAndSaysSo() {
        AccessRecord record = new AccessRecord();
        byte[] target = "x".repeat(600).getBytes(StandardCharsets.US_ASCII);
        record.put(AccessRecord.Text.TARGET, target, 0, target.length);
        record.put(AccessRecord.Text.HOST, target, 0, 128);
        AccessRecord copy = new AccessRecord();
        copy.set(record);
        assertEquals("x".repeat(512), copy.string(AccessRecord.Text.TARGET));
        assertTrue(copy.isCut(AccessRecord.Text.TARGET));
        assertFalse(copy.isCut(AccessRecord.Text.HOST));
        assertFalse(copy.has(AccessRecord.Text.REFERER));
    }

    @Test
    void aCapacityIsAPowerOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new AccessRing(3));
    }

    @Test
    void everyRecordIsEitherTakenWholeAndInOrderOrCounted() throws InterruptedException {
        AccessRing ring = new AccessRing(8);
        int all = 200_000;
        AtomicLong accepted = new AtomicLong();
        Thread producer = new Thread(() -> {
            for (int i = 0; i < all; i++) {
                if (ring.offer(record(i))) {
                    accepted.incrementAndGet();
                }
            }
        });
        producer.start();
        long taken = 0;
        long last = -1;
        while (true) {
            boolean over = !producer.isAlive();
            long number = take(ring);
            if (number >= 0) {
                assertTrue(number > last);
                last = number;
                taken++;
            } else if (over) {
                break;
            }
        }
        producer.join();
        assertEquals(accepted.get(), taken);
        assertEquals(all, taken + ring.dropped());
    }

    @Test
    void puttingARecordAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AccessRing ring = new AccessRing(16);
        AccessRecord mine = record(1);
        byte[] octets = "GET".getBytes(StandardCharsets.US_ASCII);
        fillAndPut(ring, mine, octets, 20_000);
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        long nothing = threads.getCurrentThreadAllocatedBytes() - before; // what looking costs
        before = threads.getCurrentThreadAllocatedBytes();
        fillAndPut(ring, mine, octets, 10_000);
        assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before - nothing);
    }

    private static void fillAndPut(AccessRing ring, AccessRecord mine, byte[] octets, int times) {
        for (int i = 0; i < times; i++) {
            mine.clear();
            mine.put(AccessRecord.Text.METHOD, octets, 0, octets.length);
            ring.offer(mine);
            if (i % 3 == 0 && ring.peek() != null) {
                ring.release();
            }
        }
    }
}
