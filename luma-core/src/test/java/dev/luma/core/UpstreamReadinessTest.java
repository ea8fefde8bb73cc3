package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is asked of an app before it gets requests, and what its users hear when it is not ready. */
class UpstreamReadinessTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private FakeContainer addressed() {
        FakeContainer container = simulation.runtime.latest();
        container.address();
        return container;
    }

    private Optional<HttpGet> asked(FakeContainer container) {
        List<ReadinessProbe.Target> targets = simulation.runtime.probe().targets(container);
        assertEquals(1, targets.size());
        assertEquals("shop.localhost", targets.get(0).host());
        return targets.get(0).readiness();
    }

    private void askAt(String path) {
        simulation.change(Samples.withReadiness(simulation.upstream().project(), path));
    }

    @Test
    void anAppIsAskedWhatItsProjectNames() {
        askAt("/healthz");
        simulation.request();
        assertEquals(Optional.of(new HttpGet("/healthz")), asked(addressed()));
    }

    @Test
    void anAppOfAProjectThatNamesNothingIsAskedNothing() {
        simulation.request();
        assertEquals(Optional.empty(), asked(addressed()));
    }

    @Test
    void anAppThatStoppedAnsweringIsAskedAgain() {
        askAt("/healthz");
        FakeContainer container = simulation.warm();
        FakeRequest lost = simulation.request();
        container.fallSilent();
        lost.findUnreachable();
        assertEquals(Optional.of(new HttpGet("/healthz")), asked(container));
    }

    @Test
    void whatWasSeenLastIsTheReasonWhyAStartFailed() {
        simulation.request();
        FakeContainer container = addressed();
        container.isSeen("it answered 404 at /healthz");
        container.isSeen("it answered 503 at /healthz");
        simulation.time.advanceSeconds(119);
        FakeRequest late = simulation.request();
        simulation.time.advanceSeconds(1);
        assertEquals(Refusal.Reason.START_FAILED, late.reason());
        assertEquals(
                "shop was not ready on port 80 within 2m: it answered 503 at /healthz",
                late.refusal().detail());
        assertEquals(
                late.refusal().detail(),
                simulation.upstream().status().lastFailure().orElseThrow().detail());
    }

    @Test
    void whoHasWaitedForTooLongHearsWhatWasSeenLast() {
        FakeRequest request = simulation.request();
        addressed().isSeen("it answered 503 at /healthz");
        simulation.time.advanceSeconds(60);
        assertEquals(Refusal.Reason.START_TIMEOUT, request.reason());
        assertEquals(
                "shop did not become ready within 1m; its container runs, but is not ready on port 80: it answered 503"
                        + " at /healthz",
                request.refusal().detail());
    }

    @Test
    void whatWasSeenOfAnInstanceIsNotSaidOfTheNext() {
        simulation.request();
        FakeContainer first = addressed();
        first.isSeen("it answered 503 at /healthz");
        first.exit(1);
        simulation.time.advanceSeconds(1);
        FakeRequest request = simulation.request();
        addressed();
        simulation.time.advanceSeconds(60);
        assertTrue(request.refusal().detail().endsWith("does not answer on port 80"), request.refusal()::detail);
    }

    @Test
    void whatLumaDoesNotRunIsAskedToo() {
        Project nas = Samples.withSource(simulation.upstream().project(), new Source.External("nas.lan", 5000));
        simulation.change(Samples.withReadiness(nas, "/healthz"));
        FakeRequest request = simulation.request();
        FakeContainer there = addressed();
        assertEquals(Optional.of(new HttpGet("/healthz")), asked(there));
        there.isSeen("it answered 503 at /healthz");
        simulation.time.advanceSeconds(5);
        assertEquals(
                "the upstream nas.lan:5000 of shop is not ready: it answered 503 at /healthz",
                request.refusal().detail());
    }

    @Test
    void aCorrectedPathIsTriedAtOnceAndHasTheWholeTime() {
        askAt("/helthz");
        FakeRequest request = simulation.request();
        FakeContainer container = addressed();
        container.isSeen("it answered 404 at /helthz");
        simulation.time.advanceSeconds(30);
        askAt("/healthz");
        assertEquals(Optional.of(new HttpGet("/healthz")), asked(container));
        simulation.time.advance(Duration.ofMinutes(2).minusNanos(1));
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        assertTrue(request.refusal().detail().endsWith("does not answer on port 80"), "the old path is history");
        container.answer();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
    }

    @Test
    void anInstanceThatRunsIsKeptWhenTheQuestionChanges() {
        FakeContainer container = simulation.warm();
        askAt("/healthz");
        assertSame(container, simulation.runtime.latest());
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertTrue(simulation.request().isGranted());
        assertEquals(0, simulation.runtime.probe().active());
    }
}
