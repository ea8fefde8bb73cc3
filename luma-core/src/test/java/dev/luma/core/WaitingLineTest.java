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

    private final Places places = new Places(100);
    private final WaitingLine line = new WaitingLine(3, places);

    private static Waiter waiter(long deadline) {
        return waiter("somebody", deadline);
    }

    private static Waiter waiter(String client, long deadline) {
        return new Waiter(client, new FakeWait(), left -> {}, 0, deadline);
    }

    private Waiter added(long deadline) {
        return added(line, waiter(deadline));
    }

    private static Waiter added(WaitingLine to, Waiter waiter) {
        assertTrue(to.add(waiter));
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
    void clientsTakeTurns() {
        WaitingLine large = new WaitingLine(50, places);
        Waiter a1 = added(large, waiter("a", 1));
        Waiter a2 = added(large, waiter("a", 1));
        Waiter a3 = added(large, waiter("a", 1));
        Waiter b1 = added(large, waiter("b", 1));
        Waiter b2 = added(large, waiter("b", 1));
        assertSame(a1, large.poll());
        Waiter c1 = added(large, waiter("c", 1));
        for (Waiter next : List.of(b1, a2, c1, b2, a3)) {
            assertSame(next, large.peek());
            assertSame(next, large.poll());
        }
        assertTrue(large.isEmpty());
    }

    @Test
    void whoLeavesTakesNobodysTurnAway() {
        WaitingLine large = new WaitingLine(50, places);
        Waiter a1 = added(large, waiter("a", 1));
        Waiter a2 = added(large, waiter("a", 1));
        Waiter b1 = added(large, waiter("b", 1));
        large.remove(a1);
        assertSame(a2, large.poll());
        assertSame(b1, large.poll());
    }

    @Test
    void whoseDeadlineHasComeIsTakenOutWhereverItStands() {
        Waiter first = added(20);
        Waiter late = added(10);
        Waiter third = added(line, waiter("other", 30));
        assertEquals(List.of(), line.takeOverdue(9));
        assertEquals(3, line.size());
        assertEquals(List.of(late), line.takeOverdue(10));
        assertSame(first, line.poll());
        assertSame(third, line.poll());
    }

    @Test
    void theNextDeadlineIsTheLeastOfAll() {
        added(30);
        added(line, waiter("other", 20));
        added(line, waiter("other", 10));
        assertEquals(5, line.untilNextDeadline(5));
    }

    @Test
    void deadlinesHoldWhenTheTickerOverflows() {
        long now = Long.MAX_VALUE - 5;
        Waiter waiter = added(now + 10);
        assertEquals(10, line.untilNextDeadline(now));
        assertEquals(List.of(), line.takeOverdue(now + 9));
        assertEquals(List.of(waiter), line.takeOverdue(now + 10));
    }

    /** Beside a line that is as simple as can be: the turns of clients, and the waiters of each. */
    @Test
    void itStaysInOrderHoweverPeopleComeAndGo() {
        SplittableRandom random = new SplittableRandom(7);
        WaitingLine large = new WaitingLine(50, places);
        List<String> turns = new ArrayList<>();
        List<Waiter> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Waiter waiter = waiter("client" + random.nextInt(6), 1);
                    assertEquals(expected.size() < 50, large.add(waiter));
                    if (expected.size() < 50) {
                        expected.add(waiter);
                    }
                    if (!turns.contains(waiter.client) && expected.contains(waiter)) {
                        turns.add(waiter.client);
                    }
                }
                case 2 -> {
                    Waiter next = first(expected, turns);
                    assertSame(next, large.poll());
                    if (next != null) {
                        expected.remove(next);
                        turns.remove(0);
                        turns.add(next.client);
                    }
                }
                default -> {
                    if (!expected.isEmpty()) {
                        large.remove(expected.remove(random.nextInt(expected.size())));
                    }
                }
            }
            turns.removeIf(client -> expected.stream().noneMatch(waiter -> waiter.client.equals(client)));
            assertEquals(expected.size(), large.size());
            assertEquals(expected.size(), places.taken());
            assertSame(first(expected, turns), large.peek());
        }
    }

    private static Waiter first(List<Waiter> waiting, List<String> turns) {
        return waiting.stream()
                .filter(waiter -> waiter.client.equals(turns.get(0)))
                .findFirst()
                .orElse(null);
    }
}
