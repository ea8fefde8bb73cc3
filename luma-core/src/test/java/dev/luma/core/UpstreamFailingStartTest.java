package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starts that come to nothing, and how long the project then stays away. */
class UpstreamFailingStartTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private FakeRequest failOnce() {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().failStart("no such image");
        return request;
    }

    @Test
    void everyoneWhoWaitsIsRefusedWithTheReason() {
        FakeRequest first = simulation.request();
        FakeRequest second = simulation.request();
        simulation.runtime.latest().failStart("no such image");
        for (FakeRequest request : List.of(first, second)) {
            assertEquals(Refusal.Reason.START_FAILED, request.reason());
            assertEquals("no such image", request.refusal().detail());
            assertEquals(Optional.of(Duration.ofSeconds(1)), request.refusal().retryAfter());
        }
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
        assertEquals(0, simulation.time.pending());
    }

    @Test
    void whoComesDuringTheBackoffIsRefusedAtOnceAndToldWhenToComeAgain() {
        failOnce();
        simulation.time.advance(Duration.ofMillis(400));
        FakeRequest early = simulation.request();
        assertEquals(Refusal.Reason.START_FAILED, early.reason());
        assertEquals(Optional.of(Duration.ofMillis(600)), early.refusal().retryAfter());
        assertEquals(1, simulation.runtime.starts());
    }

    @Test
    void theBackoffDoublesUpToAMinute() {
        int starts = 0;
        for (int expected : new int[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
            FakeRequest failed = failOnce();
            starts++;
            assertEquals(
                    Optional.of(Duration.ofSeconds(expected)), failed.refusal().retryAfter());
            simulation.time.advance(Duration.ofSeconds(expected).minusNanos(1));
            assertEquals(Refusal.Reason.START_FAILED, simulation.request().reason());
            assertEquals(starts, simulation.runtime.starts());
            simulation.time.advance(Duration.ofNanos(1));
        }
    }

    @Test
    void noStartIsTriedWithoutARequest() {
        failOnce();
        simulation.time.advance(Duration.ofDays(1));
        assertEquals(1, simulation.runtime.starts());
    }

    @Test
    void theBackoffBeginsAnewAfterAnInstanceThatServedAndFellAsleep() {
        failOnce();
        simulation.time.advanceSeconds(1);
        failOnce();
        simulation.time.advanceSeconds(2);
        simulation.warm();
        simulation.time.advanceSeconds(20);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        assertEquals(Optional.of(Duration.ofSeconds(1)), failOnce().refusal().retryAfter());
    }

    @Test
    void aChangeOfSettingsClearsTheBackoff() {
        failOnce();
        simulation.change(Samples.withImage(simulation.upstream().project(), "nginx:1.28"));
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
        assertEquals(Optional.of(Duration.ofSeconds(1)), failOnce().refusal().retryAfter());
        assertEquals(2, simulation.runtime.starts());
    }

    @Test
    void theSameSettingsAgainClearTheBackoffToo() {
        failOnce();
        simulation.change(simulation.upstream().project());
        assertTrue(simulation.request().isWaiting());
        assertEquals(2, simulation.runtime.starts());
    }

    @Test
    void theOperatorSeesWhatTheContainerLoggedLastAndVisitorsDoNot() {
        FakeRequest request = failOnce();
        assertEquals(
                List.of("last words"),
                simulation.upstream().status().lastFailure().orElseThrow().lastLines());
        assertFalse(request.refusal().detail().contains("last words"));
    }

    @Test
    void aContainerThatExitsBeforeItAnswersFailsTheStartAtOnce() {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().address();
        simulation.runtime.latest().exit(3);
        assertEquals(Refusal.Reason.START_FAILED, request.reason());
        assertEquals(
                "shop exited with code 3 before it answered on port 80",
                request.refusal().detail());
        assertEquals(List.of(), simulation.runtime.left());
        simulation.assertAtRest();
    }

    @Test
    void anAppThatNeverAnswersIsGivenUpAfterTheStartTimeout() {
        FakeRequest request = simulation.request();
        simulation.time.advanceSeconds(50);
        simulation.runtime.latest().address();
        simulation.time.advance(Duration.ofMinutes(2).minusNanos(1));
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        FakeRequest late = simulation.request();
        simulation.time.advance(Duration.ofNanos(1));

        assertEquals(Refusal.Reason.START_TIMEOUT, request.reason());
        assertEquals(Refusal.Reason.START_FAILED, late.reason());
        assertEquals("shop did not answer on port 80 within 2m", late.refusal().detail());
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void anEngineThatIsDownRefusesWithoutBackoff() {
        simulation.runtime.goDown();
        for (int i = 1; i <= 5; i++) {
            FakeRequest request = simulation.request();
            assertEquals(Refusal.Reason.RUNTIME_DOWN, request.reason());
            assertTrue(request.refusal().retryAfter().isPresent());
            assertEquals(i, simulation.runtime.starts());
        }
        simulation.runtime.comeBack();
        FakeRequest request = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void anEngineThatIsLostWhileTheAppIsBeingTriedRefusesAtOnce() {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().address();
        simulation.runtime.goDown();
        assertEquals(Refusal.Reason.RUNTIME_DOWN, request.reason());

        simulation.runtime.comeBack();
        simulation.time.advanceSeconds(5);
        simulation.assertAtRest();
    }

    @ParameterizedTest
    @EnumSource(
            value = WakePhase.class,
            names = {"CREATE", "START"})
    void anEngineThatIsLostBeforeIsLeftToTheAdapterToTell(WakePhase phase) {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().enter(phase);
        simulation.runtime.goDown();
        assertTrue(request.isWaiting());
        simulation.runtime.latest().failStart(Refusal.Reason.RUNTIME_DOWN, "the engine does not answer");
        assertEquals(Refusal.Reason.RUNTIME_DOWN, request.reason());
    }

    @Test
    void aLostEngineDoesNotDisturbWhatRuns() {
        simulation.warm();
        simulation.runtime.goDown();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertTrue(simulation.request().isGranted());
    }

    @Test
    void anImageThatCannotBeGotAheadIsSeenByTheOperator() {
        ContainerRuntime.StartFailure failure =
                new ContainerRuntime.StartFailure(Refusal.Reason.START_FAILED, "no such image", List.of());
        simulation.upstream().prepareFailed(7, failure);
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
        simulation.upstream().prepareFailed(1, failure);
        assertEquals(Optional.of(failure), simulation.upstream().status().lastFailure());
        assertEquals(ProjectStatus.State.IDLE, simulation.state());
    }
}
