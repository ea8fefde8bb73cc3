package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootHistoryTest {

    private static Boot boot(Way way, long millis) {
        return Boot.asked(way, WakePhase.IMAGE, 0)
                .ready(Duration.ofMillis(millis).toNanos());
    }

    private static BootHistory of(long... millis) {
        BootHistory history = BootHistory.NONE;
        for (long each : millis) {
            history = history.with(boot(Way.SANDBOX, each));
        }
        return history;
    }

    @Test
    void knowsNothingAtFirst() {
        assertEquals(Optional.empty(), BootHistory.NONE.expected());
        assertEquals(Optional.empty(), of(5).median(Way.PLAIN));
    }

    @Test
    void oneSlowWakeDoesNotMoveTheMedian() {
        assertEquals(Optional.of(Duration.ofMillis(100)), of(90, 100, 9_000).median(Way.SANDBOX));
        assertEquals(Optional.of(Duration.ofMillis(90)), of(100, 90).median(Way.SANDBOX));
    }

    @Test
    void followsAChange() {
        assertEquals(
                Optional.of(Duration.ofMillis(2)),
                of(1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2).median(Way.SANDBOX));
    }

    @Test
    void theNextWakeWillProbablyBeLikeTheLast() {
        BootHistory history = of(100).with(boot(Way.UNPAUSE, 12));
        assertEquals(Optional.of(Duration.ofMillis(12)), history.expected());
        assertEquals(
                Optional.of(Duration.ofMillis(100)),
                history.with(boot(Way.SANDBOX, 130)).median(Way.SANDBOX));
    }

    @Test
    void aStartWillProbablyBeLikeTheLastThatWasNoUnpause() {
        assertEquals(Optional.empty(), BootHistory.NONE.expectedStart());
        assertEquals(
                Optional.empty(), BootHistory.NONE.with(boot(Way.UNPAUSE, 12)).expectedStart());
        BootHistory history = of(100).with(boot(Way.PLAIN, 250));
        assertEquals(
                Optional.of(Duration.ofMillis(100)),
                history.with(boot(Way.SANDBOX, 100)).expectedStart());
        assertEquals(
                Optional.of(Duration.ofMillis(250)),
                history.with(boot(Way.UNPAUSE, 12)).expectedStart());
    }
}
