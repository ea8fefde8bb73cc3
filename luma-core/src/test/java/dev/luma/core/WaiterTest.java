package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaiterTest {

    private static final Refusal FULL = Refusal.of(Refusal.Reason.LINE_FULL, "full");

    private final FakeWait listener = new FakeWait();
    private final List<Waiter> left = new ArrayList<>();
    private final Waiter waiter = new Waiter("somebody", listener, left::add, 0, 10);
    private final SimulatedTime time = new SimulatedTime();
    private final Instance instance = new Instance(
            "shop-t-1",
            1,
            States.ENDPOINT,
            Boot.asked(Way.PLAIN, ContainerRuntime.WakePhase.IMAGE, 0),
            time,
            drained -> {},
            lost -> {});
    private final Lease lease = Lease.tryTake(instance);

    @Test
    void aGrantEndsTheWait() {
        assertFalse(waiter.hasEnded());
        assertTrue(waiter.grant(lease));
        assertTrue(waiter.hasEnded());
        assertSame(lease, listener.lease);
    }

    @Test
    void afterARefusalTheLeaseStaysWithTheGiver() {
        waiter.refuse(FULL);
        assertSame(FULL, listener.refusal);
        assertFalse(waiter.grant(lease));
        assertNull(listener.lease);
    }

    @Test
    void afterAGrantNobodyIsRefused() {
        waiter.grant(lease);
        waiter.refuse(FULL);
        assertNull(listener.refusal);
    }

    @Test
    void whoLeftHearsNothing() {
        waiter.cancel();
        waiter.cancel();
        assertEquals(List.of(waiter), left);
        assertFalse(waiter.grant(lease));
        waiter.refuse(FULL);
        assertNull(listener.lease);
        assertNull(listener.refusal);
    }

    @Test
    void leavingAfterTheEndDoesNothing() {
        waiter.grant(lease);
        waiter.cancel();
        assertEquals(List.of(), left);
    }
}
