package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads against threads at one gate. */
@Timeout(60)
class GateRaceTest {

    private static final int ROUNDS = 20_000;

    private final Gate gate = new Gate();
    private final AtomicInteger in = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger last = new AtomicInteger();

    private void reset() {
        in.set(0);
        closed.set(0);
        last.set(0);
        gate.reopen();
    }

    @Test
    void aRequestGetsInOrTheIdleGateClosesButNotBoth() throws Exception {
        Race.run(
                ROUNDS,
                () -> {
                    assertEquals(1, in.get() + closed.get());
                    assertEquals(in.get(), gate.inFlight());
                    if (in.get() > 0) {
                        gate.release();
                    }
                    reset();
                },
                () -> in.addAndGet(gate.tryAcquire() ? 1 : 0),
                () -> closed.addAndGet(gate.closeIfIdle() ? 1 : 0));
    }

    @Test
    void exactlyOneHearsThatNobodyIsInBehindTheClosedGate() throws Exception {
        Runnable visitor = () -> {
            if (gate.tryAcquire()) {
                in.incrementAndGet();
                last.addAndGet(gate.release() ? 1 : 0);
            }
        };
        Race.run(
                ROUNDS,
                () -> {
                    assertEquals(1, last.get());
                    assertEquals(0, gate.inFlight());
                    assertTrue(gate.isClosed());
                    reset();
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
