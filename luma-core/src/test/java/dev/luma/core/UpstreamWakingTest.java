package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From the first request at a sleeping project until it is let through, or is not. */
class UpstreamWakingTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    @Test
    void aProjectThatNobodyAskedForDoesNothing() {
        assertNull(simulation.upstream().tryAcquire());
        simulation.time.advance(Duration.ofDays(1));
        assertEquals(0, simulation.runtime.starts());
        assertEquals(ProjectStatus.State.IDLE, simulation.state());
        simulation.assertAtRest();
    }

    @Test
    void anyNumberOfRequestsMakesOneStart() {
        List<FakeRequest> requests =
                Stream.generate(simulation::request).limit(200).toList();
        assertEquals(1, simulation.runtime.starts());
        assertEquals(200, simulation.upstream().status().waiting());

        simulation.runtime.latest().becomeReady();

        simulation.answerAll();
        assertEquals(requests, simulation.grants());
        assertEquals(1, simulation.runtime.starts());
        assertEquals(0, simulation.upstream().status().waiting());
    }

    @Test
    void requestsAreLetThroughInTheOrderInWhichTheyCame() {
        List<FakeRequest> requests =
                Stream.generate(simulation::request).limit(50).toList();
        simulation.runtime.latest().becomeReady();
        simulation.answerAll();
        assertEquals(requests, simulation.grants());
    }

    @Test
    void aWarmRequestIsLetThroughAtOnce() {
        FakeContainer container = simulation.warm();
        Lease lease = simulation.upstream().tryAcquire();
        assertNotNull(lease);
        assertEquals(container.id, lease.instance().id());
        assertEquals(0, lease.waitedNanos());
        lease.release();
    }

    @Test
    void theLeaseTellsHowLongTheRequestWaited() {
        FakeRequest first = simulation.request();
        simulation.time.advance(Duration.ofMillis(100));
        FakeRequest second = simulation.request();
        simulation.time.advance(Duration.ofMillis(150));
        simulation.runtime.latest().becomeReady();
        assertEquals(Duration.ofMillis(250).toNanos(), first.lease().waitedNanos());
        assertEquals(Duration.ofMillis(150).toNanos(), second.lease().waitedNanos());
    }

    @Test
    void anAddressAloneLetsNobodyThrough() {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().address();
        assertTrue(request.isWaiting());
        assertNull(simulation.upstream().tryAcquire());
        simulation.runtime.latest().answer();
        assertTrue(request.isGranted());
    }

    @Test
    void aWarmUpNobodyWaitsForAnyMoreIsFinishedAllTheSame() {
        FakeRequest request = simulation.request();
        request.cancel();
        simulation.runtime.latest().becomeReady();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertFalse(request.isGranted());
    }

    @Test
    void whoLeavesTheLineIsNotCountedAndHearsNothing() {
        FakeRequest first = simulation.request();
        FakeRequest second = simulation.request();
        FakeRequest third = simulation.request();
        second.cancel();
        second.cancel();
        assertEquals(2, simulation.upstream().status().waiting());
        simulation.runtime.latest().becomeReady();
        assertEquals(List.of(first, third), simulation.grants());
        assertEquals(0, second.ended());
        assertEquals(2, first.lease().instance().inFlight());
    }

    @Test
    void whoLeavesAfterTheGrantStillHoldsTheLease() {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().becomeReady();
        request.cancel();
        assertTrue(request.isGranted());
        assertEquals(1, request.lease().instance().inFlight());
    }

    @Test
    void theWaitIsOverAfterSixtySecondsToTheMoment() {
        FakeRequest request = simulation.request();
        simulation.time.advance(Duration.ofSeconds(60).minusNanos(1));
        assertTrue(request.isWaiting());
        simulation.time.advance(Duration.ofNanos(1));
        assertEquals(Refusal.Reason.START_TIMEOUT, request.reason());
        assertTrue(request.refusal().retryAfter().isPresent());
    }

    @Test
    void eachWaitHasItsOwnDeadline() {
        FakeRequest first = simulation.request();
        simulation.time.advanceSeconds(10);
        FakeRequest second = simulation.request();
        simulation.time.advanceSeconds(50);
        assertEquals(Refusal.Reason.START_TIMEOUT, first.reason());
        assertTrue(second.isWaiting());
        simulation.time.advanceSeconds(10);
        assertEquals(Refusal.Reason.START_TIMEOUT, second.reason());
    }

    @Test
    void whoComesAgainWithLittleTimeLeftIsRefusedBeforeThoseAheadOfIt() {
        FakeRequest patient = simulation.request();
        FakeRequest hurried = simulation.requestUntil(
                simulation.time.nanos() + Duration.ofSeconds(5).toNanos());
        simulation.time.advanceSeconds(5);
        assertEquals(Refusal.Reason.START_TIMEOUT, hurried.reason());
        assertTrue(patient.isWaiting());
        simulation.time.advanceSeconds(55);
        assertEquals(Refusal.Reason.START_TIMEOUT, patient.reason());
    }

    @Test
    void aRequestWhoseTimeIsOverWakesNobody() {
        FakeRequest late = simulation.requestUntil(simulation.time.nanos());
        assertEquals(Refusal.Reason.START_TIMEOUT, late.reason());
        assertEquals(0, simulation.runtime.starts());
        simulation.assertAtRest();
    }

    @Test
    void aStartThatOutlastsItsRequestsServesTheNextOnes() {
        simulation.request();
        simulation.time.advanceSeconds(61);
        FakeRequest next = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertTrue(next.isGranted());
        assertEquals(1, simulation.runtime.starts());
    }

    @Test
    void theRefusalSaysHowFarTheStartHasCome() {
        CompletableFuture<Void> pull = new CompletableFuture<>();
        simulation.runtime.prepared = pull;
        FakeRequest image = simulation.request();
        simulation.time.advanceSeconds(60);

        FakeRequest other = simulation.request();
        pull.complete(null);
        FakeContainer container = simulation.runtime.latest();
        other.cancel();
        FakeRequest create = simulation.request();
        simulation.time.advanceSeconds(60);
        container.enter(WakePhase.START);
        FakeRequest start = simulation.request();
        simulation.time.advanceSeconds(60);
        container.address();
        FakeRequest ready = simulation.request();
        simulation.time.advanceSeconds(60);

        String begin = "shop did not become ready within 1m; its ";
        assertEquals(begin + "image is not there yet", image.refusal().detail());
        assertEquals(begin + "container is being created", create.refusal().detail());
        assertEquals(begin + "container is being started", start.refusal().detail());
        assertEquals(
                begin + "container runs, but does not answer on port 80",
                ready.refusal().detail());
    }

    @Test
    void theLineHasAnEnd() {
        Simulation small = new Simulation(Simulation.limitsWithLine(3));
        List<FakeRequest> in = Stream.generate(small::request).limit(3).toList();
        FakeRequest out = small.request();
        assertEquals(Refusal.Reason.LINE_FULL, out.reason());
        assertEquals("3 requests already wait for shop", out.refusal().detail());
        assertEquals(Optional.of(Duration.ofSeconds(1)), out.refusal().retryAfter());

        in.get(1).cancel();
        FakeRequest later = small.request();
        assertTrue(later.isWaiting());
        small.runtime.latest().becomeReady();
        assertEquals(List.of(in.get(0), in.get(2), later), small.grants());
        small.assertNoViolation();
    }

    @Test
    void theDefaultLineHoldsAThousand() {
        Stream.generate(simulation::request).limit(1_000).forEach(request -> assertTrue(request.isWaiting()));
        assertEquals(Refusal.Reason.LINE_FULL, simulation.request().reason());
    }

    @Test
    void oneTimerWatchesTheWholeLine() {
        Stream.generate(simulation::request).limit(100).forEach(FakeRequest::isWaiting);
        assertEquals(1, simulation.time.pending());
        simulation.requests().forEach(FakeRequest::cancel);
        assertEquals(0, simulation.time.pending());
    }

    @Test
    void theInstanceIsNamedAfterTheProjectAndTheRegistration() {
        simulation.warm();
        assertEquals("shop-t-1", simulation.runtime.latest().id);
        assertSame(simulation.upstream().project(), simulation.runtime.latest().project);
    }

    @Test
    void whoWaitedInVainIsToldWhenItWillProbablyBeAwake() {
        simulation.request();
        simulation.time.advanceSeconds(100);
        simulation.runtime.latest().becomeReady();
        simulation.sleep();
        FakeRequest second = simulation.request();
        simulation.time.advanceSeconds(60);
        assertEquals(Refusal.Reason.START_TIMEOUT, second.reason());
        assertEquals(Optional.of(Duration.ofSeconds(40)), second.refusal().retryAfter());
    }

    @Test
    void otherSettingsHaveNoHistory() {
        simulation.warm();
        assertEquals(
                Optional.of(Duration.ZERO),
                simulation.upstream().status().boots().expected());
        simulation.change(Samples.withHostname(simulation.upstream().project(), "other.localhost"));
        assertEquals(
                Optional.of(Duration.ZERO),
                simulation.upstream().status().boots().expected());
        simulation.change(Samples.withImage(simulation.upstream().project(), "nginx:1.28"));
        assertEquals(Optional.empty(), simulation.upstream().status().boots().expected());
    }
}
