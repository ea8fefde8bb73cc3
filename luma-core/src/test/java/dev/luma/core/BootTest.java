package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BootTest {

    private static final long MILLI = 1_000_000;

    private final Boot boot = Boot.asked(Way.PLAIN, WakePhase.IMAGE, 5 * MILLI)
            .entered(WakePhase.CREATE, 7 * MILLI)
            .entered(WakePhase.START, 17 * MILLI);

    @Test
    void aPhaseLastsUntilTheNext() {
        Boot ready = boot.entered(WakePhase.READY, 100 * MILLI).ready(104 * MILLI);
        assertEquals(Duration.ofMillis(2), ready.in(WakePhase.IMAGE));
        assertEquals(Duration.ofMillis(10), ready.in(WakePhase.CREATE));
        assertEquals(Duration.ofMillis(83), ready.in(WakePhase.START));
        assertEquals(Duration.ofMillis(4), ready.in(WakePhase.READY));
        assertEquals(Duration.ofMillis(99), ready.total());
    }

    @Test
    void anAppMayAnswerBeforeTheEngineIsDone() {
        Boot ready = boot.by(Way.SANDBOX, 18 * MILLI).ready(90 * MILLI);
        assertEquals(Way.SANDBOX, ready.way());
        assertEquals(Duration.ofMillis(73), ready.in(WakePhase.START));
        assertEquals(Duration.ZERO, ready.in(WakePhase.READY));
        assertEquals(Duration.ofMillis(85), ready.total());
    }

    @Test
    void aPhaseThatIsEnteredAnewCountsFromTheFirstTime() {
        Boot ready = boot.entered(WakePhase.CREATE, 50 * MILLI).ready(60 * MILLI);
        assertEquals(Duration.ofMillis(10), ready.in(WakePhase.CREATE));
        assertEquals(Duration.ofMillis(43), ready.in(WakePhase.START));
    }
}
