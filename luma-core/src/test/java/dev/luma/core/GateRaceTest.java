package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads against threads at one gate. */
@Timeout(60)
class GateRaceTest {

    private static final int ROUNDS = 20_000;

    private final Gate gate = new Gate();
    private final AtomicInteger last = new AtomicInteger();

    /** Both threads walk along a row of gates, so that they meet at many of them in the middle of a step. */
    @Test
    void aRequestGetsInOrTheIdleGateClosesButNotBoth() throws Exception {
        int row = 2_000;
        Gate[] gates = new Gate[row];
        boolean[] entered = new boolean[row];
        boolean[] closed = new boolean[row];
        Runnable renew = () -> Arrays.setAll(gates, number -> new Gate());
        renew.run();
        Race.run(
                ROUNDS / 20,
                () -> {
                    for (int i = 0; i < row; i++) {
                        assertNotEquals(entered[i], closed[i]);
                        assertEquals(entered[i] ? 1 : 0, gates[i].inFlight());
                    }
                    renew.run();
                },
                () -> {
                    for (int i = 0; i < row; i++) {
                        entered[i] = gates[i].tryAcquire();
                    }
                },
                () -> {
                    for (int i = 0; i < row; i++) {
                        closed[i] = gates[i].closeIfIdle();
                    }
                });
    }

    @Test
    void exactlyOneHearsThatNobodyIsInBehindTheClosedGate() throws Exception {
        Runnable visitor = () -> {
            if (gate.tryAcquire()) {
                last.addAndGet(gate.release() ? 1 : 0);
            }
        };
        Race.run(
                ROUNDS,
                () -> {
                    assertEquals(1, last.get());
                    assertEquals(0, gate.inFlight());
                    assertTrue(gate.isClosed());
                    last.set(0);
                    gate.reopen();
                },
                visitor,
                visitor,
                () -> last.addAndGet(gate.close() ? 1 : 0));
    }

    @Test
    void nobodyIsLostInTheCountHoweverOftenTheGateCloses() throws Exception {
        Runnable visitor = () -> {
            if (gate.tryAcquire()) {
                gate.release();
            }
        };
        Race.run(ROUNDS, () -> assertEquals(0, gate.inFlight()), visitor, visitor, () -> {
            gate.close();
            gate.reopen();
        });
    }
}
