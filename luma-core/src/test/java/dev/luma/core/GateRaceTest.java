package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread against another at one gate: two, so that they meet even where there are only two processors. */
@Timeout(60)
class GateRaceTest {

    private static final int ROUNDS = 50_000;

    private final Gate gate = new Gate();
    private final AtomicInteger last = new AtomicInteger();

    @Test
    void aRequestGetsInOrTheIdleGateClosesButNotBoth() throws Exception {
        boolean[] entered = {false};
        boolean[] closed = {false};
        Race.run(
                ROUNDS,
                () -> {
                    assertNotEquals(entered[0], closed[0]);
                    assertEquals(entered[0] ? 1 : 0, gate.inFlight());
                    if (entered[0]) {
                        gate.release();
                    }
                    gate.reopen();
                },
                () -> entered[0] = gate.tryAcquire(),
                () -> closed[0] = gate.closeIfIdle());
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
                () -> last.addAndGet(gate.close() ? 1 : 0));
    }

    @Test
    void nobodyIsLostInTheCountHoweverOftenTheGateCloses() throws Exception {
        Runnable visitor = () -> {
            if (gate.tryAcquire()) {
                gate.release();
            }
        };
        Race.run(ROUNDS, () -> assertEquals(0, gate.inFlight()), visitor, () -> {
            gate.close();
            gate.reopen();
        });
    }
}
