package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A project that Luma does not run: always awake, found again when it was away, and never stopped. */
class UpstreamExternalTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    @BeforeEach
    void leadElsewhere() {
        Project shop = simulation.upstream().project();
        simulation.change(
                Project.draft(shop.name(), shop.hostname(), new Source.External("nas.lan", 5000), Optional.empty())
                        .asRevision(2, shop.createdAt(), shop.updatedAt()));
    }

    private FakeContainer found() {
        FakeContainer latest = simulation.runtime.latest();
        latest.becomeReady();
        return latest;
    }

    @Test
    void isAwakeWithoutARequestAndStaysSo() {
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        FakeContainer only = found();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        simulation.time.advanceSeconds(Duration.ofDays(30).toSeconds());
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertSame(only, simulation.runtime.latest());
        assertTrue(simulation.request().isGranted());
        assertEquals(0, simulation.time.pending());
    }

    @Test
    void isLookedForAgainByItself() {
        simulation.runtime.latest().failStart("no such host");
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
        simulation.time.advanceSeconds(1);
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        simulation.runtime.latest().failStart("no such host");
        simulation.time.advanceSeconds(1);
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
        simulation.time.advanceSeconds(1);
        found();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
    }

    @Test
    void aRequestWaitsFiveSecondsForWhatDoesNotListen() {
        FakeRequest request = simulation.request();
        simulation.runtime.latest().address();
        simulation.time.advance(Duration.ofMillis(4_999));
        assertTrue(request.isWaiting());
        simulation.time.advance(Duration.ofMillis(1));
        assertEquals(Refusal.Reason.START_FAILED, request.refusal().reason());
        assertEquals(
                "the upstream nas.lan:5000 of shop takes no connection",
                request.refusal().detail());
    }

    @Test
    void comesBackWhenItWasAway() {
        FakeContainer only = found();
        FakeRequest lost = simulation.request();
        only.fallSilent();
        lost.findUnreachable();
        assertTrue(lost.isWaiting());
        only.answer();
        assertTrue(lost.isGranted());
        assertSame(only, simulation.runtime.latest());
    }

    @Test
    void isNotConcernedByTheEngine() {
        simulation.runtime.latest().address();
        simulation.upstream().runtimeLost();
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        found();
        simulation.upstream().runtimeLost();
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
    }

    @Test
    void followsItsNameToAnotherAddress() {
        FakeContainer old = found();
        FakeRequest inFlight = simulation.request();
        simulation.runtime.giveUpInstances();
        simulation.upstream().outdated(old.id);
        FakeContainer other = found();
        assertNotSame(old, other);
        FakeRequest next = simulation.request();
        assertEquals(other.id, next.lease().instance().id());
        assertTrue(old.isLeft());
        inFlight.finish();
        assertEquals(false, old.isLeft());
        simulation.upstream().outdated(old.id);
        assertEquals(ProjectStatus.State.RUNNING, simulation.state());
    }

    /** It refuses at the old address, because it is at another one by now. */
    @Test
    void isFoundElsewhereByThoseWhoWaitForIt() {
        FakeContainer old = found();
        FakeRequest lost = simulation.request();
        old.fallSilent();
        lost.findUnreachable();
        assertEquals(ProjectStatus.State.STARTING, simulation.state());
        simulation.upstream().outdated(old.id);
        assertTrue(lost.isWaiting());
        FakeContainer other = found();
        assertNotSame(old, other);
        assertEquals(other.id, lost.lease().instance().id());
    }

    /** Outages that are long over do not make the next one longer. */
    @Test
    void isLookedForAsSoonAfterManyOutagesAsAfterOne() {
        for (int outages = 0; outages < 10; outages++) {
            FakeContainer there = found();
            simulation.time.advanceSeconds(10);
            FakeRequest lost = simulation.request();
            there.fallSilent();
            lost.findUnreachable();
            simulation.time.advanceSeconds(5);
            assertEquals(ProjectStatus.State.FAILED, simulation.state());
            simulation.time.advanceSeconds(1);
            assertEquals(ProjectStatus.State.STARTING, simulation.state());
        }
    }

    @Test
    void becomesAContainerAgain() {
        found();
        Project now = simulation.upstream().project();
        simulation.change(Samples.shop().asRevision(3, now.createdAt(), now.updatedAt()));
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
    }

    /** Which is woken by requests only, not by what was planned before. */
    @Test
    void isNotLookedForAgainOnceItIsAContainer() {
        simulation.runtime.latest().failStart("no such host");
        Project now = simulation.upstream().project();
        simulation.change(Samples.shop().asRevision(3, now.createdAt(), now.updatedAt()));
        simulation.time.advanceSeconds(60);
        assertEquals(ProjectStatus.State.STOPPED, simulation.state());
        assertEquals(1, simulation.runtime.starts());
    }

    @Test
    void isNotLookedForAgainOnceItIsFoundAnotherWayOrGone() {
        simulation.runtime.latest().failStart("no such host");
        Project now = simulation.upstream().project();
        simulation.change(Samples.external("other.lan").asRevision(3, now.createdAt(), now.updatedAt()));
        found();
        assertEquals(0, simulation.time.pending());
        simulation.runtime.latest().fallSilent();
        simulation.request().findUnreachable();
        simulation.time.advanceSeconds(5);
        assertEquals(ProjectStatus.State.FAILED, simulation.state());
        simulation.close();
        assertEquals(0, simulation.time.pending());
    }
}
