package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WaitingLineTest {

    private static final Refusal OVER = Refusal.of(Refusal.Reason.START_TIMEOUT, "over");

    private final Places places = new Places(100);
    private final WaitingLine line = new WaitingLine(3, places);

    private static Waiter waiter(long deadline) {
        return waiter(new FakeWait(), deadline);
    }

    private static Waiter waiter(FakeWait listener, long deadline) {
        return new Waiter(listener, left -> {}, 0, deadline);
    }

    private Waiter added(long deadline) {
        Waiter waiter = waiter(deadline);
        assertTrue(line.add(waiter));
        return waiter;
    }

    @Test
    void anEmptyLineHasNobody() {
        assertTrue(line.isEmpty());
        assertNull(line.peek());
        assertNull(line.poll());
        assertEquals(Long.MAX_VALUE, line.untilNextDeadline(0));
    }

    @Test
    void firstInIsFirstOut() {
        Waiter first = added(1);
        Waiter second = added(1);
        assertSame(first, line.peek());
        assertSame(first, line.poll());
        assertSame(second, line.poll());
        assertNull(line.poll());
    }

    @Test
    void aFullLineTakesNobodyUntilSomebodyLeaves() {
        Waiter first = added(1);
        added(1);
        added(1);
        Waiter late = waiter(1);
        assertFalse(line.add(late));
        assertEquals(3, line.size());
        line.remove(first);
        assertTrue(line.add(late));
    }

    @Test
    void linesShareTheirPlaces() {
        Places two = new Places(2);
        WaitingLine here = new WaitingLine(3, two);
        WaitingLine there = new WaitingLine(1, two);
        Waiter first = waiter(1);
        assertTrue(here.add(first));
        assertTrue(there.add(waiter(1)));
        assertFalse(here.add(waiter(1)));
        assertFalse(here.isFull());
        here.remove(first);
        here.remove(first);
        assertFalse(there.add(waiter(1)));
        assertEquals(1, two.taken());
        assertTrue(here.add(first));
        assertFalse(here.add(waiter(1)));
    }

    @Test
    void whoLeavesTwiceLeavesOnce() {
        Waiter first = added(1);
        added(1);
        line.remove(first);
        line.remove(first);
        assertEquals(1, line.size());
    }

    @Test
    void leavingWithoutStandingInLineChangesNothing() {
        added(1);
        line.remove(waiter(1));
        assertEquals(1, line.size());
    }

    @Test
    void whoseDeadlineHasComeIsRefusedWhereverItStands() {
        FakeWait late = new FakeWait();
        Waiter first = added(20);
        line.add(waiter(late, 10));
        Waiter third = added(30);
        line.expire(9, OVER);
        assertEquals(3, line.size());
        line.expire(10, OVER);
        assertSame(OVER, late.refusal);
        assertSame(first, line.poll());
        assertSame(third, line.poll());
    }

    @Test
    void theNextDeadlineIsTheLeastOfAll() {
        added(30);
        added(10);
        added(20);
        assertEquals(5, line.untilNextDeadline(5));
    }

    @Test
    void deadlinesHoldWhenTheTickerOverflows() {
        long now = Long.MAX_VALUE - 5;
        FakeWait listener = new FakeWait();
        line.add(waiter(listener, now + 10));
        assertEquals(10, line.untilNextDeadline(now));
        line.expire(now + 9, OVER);
        assertNull(listener.refusal);
        line.expire(now + 10, OVER);
        assertSame(OVER, listener.refusal);
    }

    @Test
    void itStaysInOrderHoweverPeopleComeAndGo() {
        SplittableRandom random = new SplittableRandom(7);
        WaitingLine large = new WaitingLine(50, places);
        List<Waiter> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Waiter waiter = waiter(1);
                    assertEquals(expected.size() < 50, large.add(waiter));
                    if (expected.size() < 50) {
                        expected.add(waiter);
                    }
                }
                case 2 -> assertSame(expected.isEmpty() ? null : expected.remove(0), large.poll());
                default -> {
                    if (!expected.isEmpty()) {
                        large.remove(expected.remove(random.nextInt(expected.size())));
                    }
                }
            }
            assertEquals(expected.size(), large.size());
            assertEquals(expected.size(), places.taken());
            assertSame(expected.isEmpty() ? null : expected.get(0), large.peek());
        }
    }
}
