package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Waking.Sleep;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Projects that sleep by being paused. */
class UpstreamPauseTest {

    private static final int IDLE = 20;
    private static final int HOUR = 3_600;

    @RegisterExtension
    final Simulation simulation = new Simulation();

    @BeforeEach
    void pauses() {
        simulation.change(Samples.withSleep(Samples.shop(), Sleep.PAUSE));
    }

    /** An instance that was asked once and then fell asleep. */
    private FakeContainer paused() {
        FakeContainer container = simulation.warm();
        simulation.time.advanceSeconds(IDLE);
        assertEquals(ProjectStatus.State.PAUSED, simulation.state());
        return container;
    }

    @Test
    void anIdleInstanceIsPausedAndGoesOnWhenItIsAskedFor() {
        FakeContainer container = paused();
        assertNull(simulation.upstream().tryAcquire());
        FakeRequest request = simulation.request();
        assertTrue(request.isGranted());
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertEquals(1, simulation.runtime.starts());
        assertEquals(
                Way.UNPAUSE,
                simulation.upstream().status().instances().get(0).boot().way());
        request.finish();
        simulation.time.advanceSeconds(IDLE);
        assertEquals(ProjectStatus.State.PAUSED, simulation.state());
        assertTrue(container.isLeft());
    }

    @Test
    void aRequestThatComesWhileItIsBeingPausedWaitsForBoth() {
        CompletableFuture<Void> pausing = new CompletableFuture<>();
        CompletableFuture<Void> resuming = new CompletableFuture<>();
        simulation.runtime.onPause = container -> pausing;
        simulation.runtime.onResume = container -> resuming;
        simulation.warm();
        simulation.time.advanceSeconds(IDLE);
        FakeRequest request = simulation.request();
        assertTrue(request.isWaiting());
        pausing.complete(null);
        assertTrue(request.isWaiting());
        resuming.complete(null);
        assertTrue(request.isGranted());
        assertEquals(1, simulation.runtime.starts());
    }

    @Test
    void oneThatCannotBePausedIsStopped() {
        simulation.runtime.onPause = container -> CompletableFuture.failedFuture(new IllegalStateException("no"));
        simulation.warm();
        simulation.time.advanceSeconds(IDLE);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void oneThatDoesNotGoOnIsReplacedWithinTheWake() {
        paused();
        simulation.runtime.onResume = container -> CompletableFuture.failedFuture(new IllegalStateException("no"));
        FakeRequest request = simulation.request();
        assertEquals(2, simulation.runtime.starts());
        assertTrue(request.isWaiting());
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void oneThatWasPausedForTooLongIsStopped() {
        paused();
        simulation.time.advanceSeconds(HOUR - 1);
        assertEquals(ProjectStatus.State.PAUSED, simulation.state());
        simulation.time.advanceSeconds(1);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void aProjectMayHaveALimitOfItsOwn() {
        simulation.change(simulation
                .upstream()
                .project()
                .withWaking(Waking.USUAL.withSleep(Sleep.PAUSE, Optional.of(Duration.ofSeconds(90)))));
        paused();
        simulation.time.advanceSeconds(89);
        assertEquals(ProjectStatus.State.PAUSED, simulation.state());
        simulation.time.advanceSeconds(1);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
    }

    @Test
    void oneThatIsKilledWhileItIsPausedIsStartedAnew() {
        FakeContainer first = paused();
        first.end();
        first.exit(137);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        FakeRequest request = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
        assertEquals(2, simulation.runtime.starts());
    }

    @Test
    void aStopByHandStopsWhatIsPaused() {
        paused();
        simulation.sleep();
        simulation.assertAtRest();
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
    }

    @Test
    void newSettingsDoNotWaitForThePausesEnd() {
        paused();
        simulation.change(Samples.withSleep(Samples.shop(), Sleep.STOP));
        simulation.assertAtRest();
    }

    @Test
    void theEndOfLumaStopsWhatIsPaused() {
        paused();
        simulation.close();
        assertEquals(List.of(), simulation.runtime.left());
    }

    @Test
    void aLostEngineLeavesItPaused() {
        paused();
        simulation.runtime.goDown();
        assertEquals(ProjectStatus.State.PAUSED, simulation.state());
        simulation.runtime.comeBack();
        assertTrue(simulation.request().isGranted());
    }
}
