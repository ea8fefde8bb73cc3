package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GateTest {

    private final Gate gate = new Gate();

    @Test
    void anOpenGateCountsWhoIsIn() {
        assertTrue(gate.tryAcquire());
        assertTrue(gate.tryAcquire());
        assertEquals(2, gate.inFlight());
        assertFalse(gate.release());
        assertFalse(gate.release());
        assertEquals(0, gate.inFlight());
    }

    @Test
    void aClosedGateLetsNobodyIn() {
        assertTrue(gate.close());
        assertTrue(gate.isClosed());
        assertFalse(gate.tryAcquire());
        assertEquals(0, gate.inFlight());
    }

    @Test
    void closingWhileSomebodyIsInSaysSoAndKeepsTheCount() {
        gate.tryAcquire();
        gate.tryAcquire();
        assertFalse(gate.close());
        assertEquals(2, gate.inFlight());
        assertFalse(gate.release());
        assertTrue(gate.release());
    }

    @Test
    void closingAgainTellsWhetherSomebodyIsStillIn() {
        gate.tryAcquire();
        assertFalse(gate.close());
        assertFalse(gate.close());
        gate.release();
        assertTrue(gate.close());
    }

    @Test
    void onlyAnEmptyOpenGateClosesAsIdle() {
        gate.tryAcquire();
        assertFalse(gate.closeIfIdle());
        gate.release();
        assertTrue(gate.closeIfIdle());
        assertFalse(gate.closeIfIdle());
    }

    @Test
    void aReopenedGateStillCountsWhoWasIn() {
        gate.tryAcquire();
        gate.close();
        gate.reopen();
        assertTrue(gate.tryAcquire());
        assertEquals(2, gate.inFlight());
        assertFalse(gate.release());
        assertFalse(gate.release());
    }

    @Test
    void reopeningAnOpenGateChangesNothing() {
        gate.tryAcquire();
        gate.reopen();
        assertEquals(1, gate.inFlight());
    }

    @Test
    void oneReleaseTooManyIsABugAndChangesNothing() {
        assertThrows(IllegalStateException.class, gate::release);
        assertEquals(0, gate.inFlight());
        assertTrue(gate.tryAcquire());
        gate.release();
        gate.close();
        assertThrows(IllegalStateException.class, gate::release);
        assertTrue(gate.isClosed());
        assertEquals(0, gate.inFlight());
    }
}
