package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances that die or stop answering while they serve. */
class UpstreamHealingTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    @Test
    void theNextRequestAfterAnExitGetsANewInstance() {
        FakeContainer first = simulation.warm();
        simulation.time.advanceSeconds(15);
        first.exit(137);
        assertNull(simulation.upstream().tryAcquire());
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        assertEquals(
                "shop exited with code 137",
                simulation.upstream().status().lastFailure().orElseThrow().detail());

        FakeRequest request = simulation.request();
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
    }

    @Test
    void requestsAtADeadInstanceEndByThemselves() {
        FakeContainer first = simulation.warm();
        FakeRequest broken = simulation.request();
        first.exit(137);
        assertEquals(List.of(), simulation.runtime.left());
        broken.finish();
        simulation.assertAtRest();
    }

    @Test
    void whoeverAnswersAtTheAddressOfADeadInstanceIsAnother() {
        FakeContainer first = simulation.warm();
        simulation.time.advanceSeconds(15);
        first.end();
        assertNull(simulation.upstream().tryAcquire());
        FakeRequest request = simulation.request();
        first.answer();
        simulation.time.advanceSeconds(3);
        assertTrue(request.isWaiting());
        assertEquals(1, simulation.runtime.starts());

        first.exit(137);
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
        assertEquals(2, simulation.runtime.starts());
    }

    @Test
    void anInstanceThatDiesWhileItIsTriedIsTriedNoMore() {
        FakeRequest request = simulation.request();
        FakeContainer first = simulation.runtime.latest();
        first.address();
        first.end();
        first.answer();
        assertTrue(request.isWaiting());
        first.exit(3);
        assertEquals(
                "shop exited with code 3 before it answered on port 80",
                request.refusal().detail());
    }

    @Test
    void oneEarlyDeathIsForgiven() {
        simulation.warm().exit(1);
        FakeRequest request = simulation.request();
        assertTrue(request.isWaiting());
        simulation.runtime.latest().becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void anInstanceThatDiesYoungAgainAndAgainIsLeftAloneForAWhile() {
        simulation.warm().exit(1);
        for (int backoff : new int[] {1, 2, 4, 8}) {
            simulation.warm().exit(1);
            FakeRequest refused = simulation.request();
            assertEquals(Refusal.Reason.START_FAILED, refused.reason());
            assertEquals("shop exited with code 1", refused.refusal().detail());
            assertEquals(
                    Optional.of(Duration.ofSeconds(backoff)), refused.refusal().retryAfter());
            simulation.time.advanceSeconds(backoff);
        }
    }

    @Test
    void anInstanceThatIsFoundDeadYoungAgainAndAgainIsLeftAloneForAWhile() {
        FakeRequest first = simulation.request();
        simulation.runtime.latest().becomeReady();
        simulation.runtime.latest().die();
        first.findUnreachable();
        assertTrue(first.isWaiting());

        simulation.runtime.latest().becomeReady();
        assertTrue(first.isGranted());
        simulation.runtime.latest().die();
        first.findUnreachable();
        assertEquals(Refusal.Reason.START_FAILED, first.reason());
        assertEquals(2, simulation.runtime.starts());
    }

    @Test
    void anInstanceThatAnsweredAgainIsAsOldAsItIs() {
        simulation.warm().exit(1);
        FakeContainer container = simulation.warm();
        FakeRequest stream = simulation.request();
        simulation.time.advanceSeconds(30);
        FakeRequest request = simulation.request();
        container.fallSilent();
        request.findUnreachable();
        container.answer();
        container.exit(1);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        stream.finish();
        request.finish();
    }

    @Test
    void anExitAfterALongLifeDoesNotCountAsAFailedStart() {
        for (int i = 0; i < 5; i++) {
            FakeContainer container = simulation.warm();
            simulation.time.advanceSeconds(10);
            container.exit(1);
        }
        assertTrue(simulation.request().isWaiting());
    }

    /** It may have been busy for weeks without a pause in which failures are forgotten. */
    @Test
    void anInstanceThatFallsSilentAfterALongLifeCountsAsTheFirstFailure() {
        for (int i = 0; i < 5; i++) {
            assertEquals(Optional.of(Duration.ofSeconds(1)), backoffOfOneThatIsSilentAfter(Duration.ofSeconds(10)));
            simulation.time.advanceSeconds(1);
        }
    }

    @Test
    void anInstanceThatFallsSilentYoungAgainAndAgainIsLeftAloneForAWhile() {
        for (int backoff : new int[] {1, 2, 4, 8}) {
            assertEquals(
                    Optional.of(Duration.ofSeconds(backoff)), backoffOfOneThatIsSilentAfter(Duration.ofMillis(9_999)));
            simulation.time.advanceSeconds(backoff);
        }
    }

    private Optional<Duration> backoffOfOneThatIsSilentAfter(Duration life) {
        FakeContainer container = simulation.warm();
        FakeRequest stream = simulation.request();
        FakeRequest lost = simulation.request();
        simulation.time.advance(life);
        container.fallSilent();
        lost.findUnreachable();
        simulation.time.advance(Limits.DEFAULTS.startTimeout());
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
        stream.finish();
        return simulation.request().refusal().retryAfter();
    }

    @Test
    void anInstanceThatTakesNoConnectionIsTriedAgainAndReopened() {
        FakeContainer container = simulation.warm();
        FakeRequest stream = simulation.request();
        FakeRequest request = simulation.request();
        container.fallSilent();
        request.findUnreachable();

        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        assertTrue(request.isWaiting());
        assertNull(simulation.upstream().tryAcquire());
        simulation.time.advanceSeconds(3);
        container.answer();

        assertTrue(request.isGranted());
        assertEquals(container.id, request.lease().instance().id());
        assertEquals(2, request.lease().instance().inFlight());
        assertEquals(1, simulation.runtime.starts());
        stream.finish();
        request.finish();
        simulation.time.advanceSeconds(20);
        simulation.assertAtRest();
    }

    @Test
    void anInstanceThatIsGoneWhenItIsLookedForIsReplaced() {
        FakeContainer first = simulation.warm();
        FakeRequest request = simulation.request();
        first.die();
        request.findUnreachable();

        FakeContainer second = simulation.runtime.latest();
        assertFalse(first.isLeft());
        second.becomeReady();
        assertTrue(request.isGranted());
        assertEquals(second.id, request.lease().instance().id());
    }

    @Test
    void anInstanceThatStaysUnreachableIsGivenUp() {
        FakeContainer container = simulation.warm();
        FakeRequest request = simulation.request();
        container.fallSilent();
        request.findUnreachable();
        simulation.time.advanceSeconds(60);
        assertEquals(Refusal.Reason.START_TIMEOUT, request.reason());
        FakeRequest next = simulation.request();
        simulation.time.advanceSeconds(60);
        assertEquals(Refusal.Reason.START_FAILED, next.reason());
        assertFalse(container.isLeft());
        simulation.assertAtRest();
    }

    @Test
    void anUnreachableInstanceOfALostEngineIsGivenUpAtOnce() {
        FakeContainer container = simulation.warm();
        FakeRequest request = simulation.request();
        container.fallSilent();
        simulation.runtime.goDown();
        request.findUnreachable();
        assertEquals(Refusal.Reason.RUNTIME_DOWN, request.reason());
    }

    @Test
    void whoParksAgainKeepsItsDeadline() {
        FakeRequest request = simulation.request();
        simulation.time.advanceSeconds(40);
        FakeContainer container = simulation.runtime.latest();
        container.becomeReady();
        container.fallSilent();
        request.findUnreachable();
        simulation.time.advance(Duration.ofSeconds(20).minusNanos(1));
        assertTrue(request.isWaiting());
        simulation.time.advance(Duration.ofNanos(1));
        assertEquals(Refusal.Reason.START_TIMEOUT, request.reason());
    }

    @Test
    void manyWhoFindItUnreachableTogetherMakeOneProbeAndOneStart() {
        FakeContainer container = simulation.warm();
        List<FakeRequest> requests =
                Stream.generate(simulation::request).limit(20).toList();
        container.die();
        requests.forEach(FakeRequest::findUnreachable);
        assertEquals(2, simulation.runtime.starts());
        simulation.runtime.latest().becomeReady();
        requests.forEach(FakeRequest::finish);
    }

    @Test
    void aLateWordAboutAnInstanceThatWasLeftBehindChangesNothing() {
        FakeContainer first = simulation.warm();
        FakeRequest late = simulation.request();
        first.exit(1);
        simulation.warm();
        FakeRequest current = simulation.request();
        first.exit(1);
        late.findUnreachable();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertTrue(late.isGranted());
        assertTrue(current.isGranted());
    }

    @Test
    void aLeaseIsReleasedOnce() {
        simulation.warm();
        Lease lease = simulation.upstream().tryAcquire();
        lease.release();
        assertThrows(IllegalStateException.class, lease::release);
        assertEquals(0, lease.instance().inFlight());
    }
}
