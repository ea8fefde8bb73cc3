package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The requests that wait for all projects together. */
class MaxWaitingTest {

    private static final int MOST = 3;

    @RegisterExtension
    final Registry registry = new Registry(limits());

    private Upstream one;
    private Upstream two;

    private static Limits limits() {
        Limits usual = Limits.DEFAULTS;
        return new Limits(
                usual.idleTimeout(),
                usual.pauseTimeout(),
                usual.waitTimeout(),
                usual.lineCapacity(),
                MOST,
                usual.startTimeout(),
                usual.stopGrace(),
                usual.drainTimeout());
    }

    @BeforeEach
    void register() throws IOException {
        one = register("one");
        two = register("two");
    }

    private Upstream register(String name) throws IOException {
        return ((Projects.Change.Done) registry.projects.register(Samples.draft(name, name + ".localhost"))).upstream();
    }

    private static void assertTurnedAway(FakeWait wait) {
        Refusal refusal = wait.refusal;
        assertNotNull(refusal);
        assertEquals(Refusal.Reason.TOO_MANY_WAITING, refusal.reason());
        assertEquals("3 requests already wait for projects to wake", refusal.detail());
        assertEquals(Optional.of(Duration.ofSeconds(1)), refusal.retryAfter());
    }

    @Test
    void areBoundedWhateverTheyWaitFor() {
        FakeWait first = registry.request(one);
        FakeWait second = registry.request(two);
        FakeWait third = registry.request(two);
        assertTurnedAway(registry.request(one));
        assertTurnedAway(registry.request(two));
        assertNull(first.refusal);
        assertNull(second.refusal);
        assertNull(third.refusal);
    }

    @Test
    void giveTheirPlacesBackWhenTheirTimeIsOver() {
        registry.request(one);
        registry.request(one);
        registry.request(one);
        assertTurnedAway(registry.request(two));
        registry.time.advance(Duration.ofSeconds(60));
        assertNull(registry.request(two).refusal);
        assertEquals(1, two.status().waiting());
    }

    @Test
    void giveTheirPlacesBackWhenTheyAreLetThrough() {
        registry.request(one);
        registry.request(one);
        FakeWait last = registry.request(one);
        registry.runtime.latest().becomeReady();
        assertNotNull(last.lease);
        assertNull(registry.request(two).refusal);
        assertNull(registry.request(two).refusal);
        assertNull(registry.request(two).refusal);
        assertTurnedAway(registry.request(two));
    }

    @Test
    void giveTheirPlacesBackWhenTheirProjectIsRemoved() throws IOException {
        for (int i = 0; i < MOST; i++) {
            registry.request(one);
        }
        registry.projects.remove("one");
        assertNull(registry.request(two).refusal);
    }

    @Test
    void giveTheirPlacesBackWhenTheClientsLeave() {
        for (int i = 0; i < MOST; i++) {
            ((Waiter) one.acquire(one.waitDeadline(), new FakeWait())).cancel();
        }
        assertNull(registry.request(two).refusal);
    }
}
