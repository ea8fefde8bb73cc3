package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StartLineTest {

    private int most = 2;
    private final StartLine line = new StartLine(() -> most);
    private final List<String> started = new ArrayList<>();

    private StartLine.Turn enter(String name) {
        return line.enter(() -> started.add(name));
    }

    @Test
    void soManyStartAtOnceAndTheOthersInOrder() {
        StartLine.Turn a = enter("a");
        StartLine.Turn b = enter("b");
        StartLine.Turn c = enter("c");
        StartLine.Turn d = enter("d");
        assertEquals(List.of("a", "b"), started);
        assertEquals(List.of(0, 0, 0, 1), List.of(a.ahead(), b.ahead(), c.ahead(), d.ahead()));
        b.end();
        assertEquals(List.of("a", "b", "c"), started);
        assertEquals(0, d.ahead());
        a.end();
        assertEquals(List.of("a", "b", "c", "d"), started);
    }

    @Test
    void whoLeavesTheLineNeverStarts() {
        StartLine.Turn a = enter("a");
        enter("b");
        StartLine.Turn c = enter("c");
        StartLine.Turn d = enter("d");
        c.end();
        assertEquals(0, d.ahead());
        a.end();
        assertEquals(List.of("a", "b", "d"), started);
    }

    @Test
    void whoEndsTwiceMakesRoomOnce() {
        StartLine.Turn a = enter("a");
        enter("b");
        enter("c");
        enter("d");
        a.end();
        a.end();
        assertEquals(List.of("a", "b", "c"), started);
    }

    @Test
    void whoLeavesBeforeItsTurnTakesNoRoomAway() {
        enter("a");
        enter("b");
        StartLine.Turn c = enter("c");
        c.end();
        c.end();
        enter("d");
        assertEquals(List.of("a", "b"), started);
    }

    @Test
    void moreStartAsSoonAsTheEngineTakesMore() {
        StartLine.Turn a = enter("a");
        enter("b");
        enter("c");
        enter("d");
        most = 3;
        a.end();
        assertEquals(List.of("a", "b", "c", "d"), started);
    }

    @Test
    void oneStartsWhateverIsSaid() {
        most = 0;
        enter("a");
        enter("b");
        assertEquals(List.of("a"), started);
    }

    @Test
    void nobodyStartsOnceItIsClosed() {
        StartLine.Turn a = enter("a");
        enter("b");
        enter("c");
        line.close();
        a.end();
        assertEquals(List.of("a", "b"), started);
    }

    /** As a start does that fails at once. */
    @Test
    void aTurnThatEndsWhileItIsToldGoesOnToTheNext() {
        StartLine.Turn[] turns = new StartLine.Turn[100];
        most = 1;
        StartLine.Turn first = enter("first");
        for (int i = 0; i < turns.length; i++) {
            int number = i;
            turns[i] = line.enter(() -> {
                started.add("" + number);
                turns[number].end();
            });
        }
        first.end();
        assertEquals(101, started.size());
    }

    @Test
    void manyThreadsNeverStartMoreThanThereMayBe() throws Exception {
        AtomicInteger starting = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        Runnable comeAndGo = () -> {
            StartLine.Turn turn = line.enter(() -> {
                told.incrementAndGet();
                if (starting.incrementAndGet() > 2) {
                    tooMany.incrementAndGet();
                }
                starting.decrementAndGet();
            });
            turn.end();
        };
        Race.run(5_000, () -> {}, comeAndGo, comeAndGo, comeAndGo);
        assertEquals(0, tooMany.get());
        enter("a");
        enter("b");
        enter("c");
        assertEquals(List.of("a", "b"), started, "all room is there again, and no more");
    }
}
