package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What those hear of a wake who watch it from the line. */
class UpstreamProgressTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    /** Keeps all it hears, in order. */
    private static final class Watch implements Admission.Watcher {
        final List<String> heard = new ArrayList<>();
        WakeProgress last;
        Lease lease;
        Waiter waiter;

        static Watch on(Upstream upstream) {
            Watch watch = new Watch();
            if (upstream.acquire(upstream.waitDeadline(), watch) instanceof Waiter waiter) {
                watch.waiter = waiter;
            }
            return watch;
        }

        @Override
        public void progressed(WakeProgress now) {
            last = now;
            heard.add(now.phase().word() + (now.phase() == WakePhase.LINE ? " " + now.ahead() : ""));
        }

        @Override
        public void granted(Lease granted) {
            lease = granted;
            heard.add("granted");
        }

        @Override
        public void refused(Refusal refusal) {
            heard.add("refused: " + refusal.detail());
        }
    }

    private Watch watch() {
        return Watch.on(simulation.upstream());
    }

    @Test
    void eachPhaseIsToldOnceAndInOrderAndThenTheEnd() {
        CompletableFuture<Void> pull = new CompletableFuture<>();
        simulation.runtime.prepared = pull;
        Watch watch = watch();
        assertEquals(List.of("image"), watch.heard);
        pull.complete(null);
        FakeContainer container = simulation.runtime.latest();
        container.enter(WakePhase.START);
        container.address();
        container.isSeen("it answered 503");
        container.answer();
        assertEquals(List.of("image", "line 0", "create", "start", "ready", "granted"), watch.heard);
        watch.lease.release();
    }

    @Test
    void whoComesLaterHearsHowThingsAre() {
        Watch first = watch();
        simulation.time.advanceSeconds(3);
        simulation.runtime.latest().address();
        Watch second = watch();
        assertEquals(List.of("image", "line 0", "create", "ready"), first.heard);
        assertEquals(List.of("ready"), second.heard);
        assertEquals(Duration.ofSeconds(3), second.last.elapsed());
        assertEquals(Optional.empty(), second.last.expected());
    }

    @Test
    void aFailureIsToldWithItsSentence() {
        Watch watch = watch();
        simulation.runtime.latest().failStart("no such image");
        assertEquals(List.of("image", "line 0", "create", "refused: no such image"), watch.heard);
    }

    @Test
    void whoLeavesTheLineHearsNoMore() {
        Watch watch = watch();
        watch.waiter.cancel();
        simulation.runtime.latest().becomeReady();
        assertEquals(List.of("image", "line 0", "create"), watch.heard);
    }

    @Test
    void whatIsExpectedIsTheMedianOfTheWayThatIsTaken() {
        wakeWithin(5);
        simulation.change(Samples.withSleep(simulation.upstream().project(), Waking.Sleep.PAUSE));
        assertEquals(Optional.of(Duration.ofSeconds(5)), expected());
        simulation.time.advanceSeconds(20); // it is paused
        CompletableFuture<Void> resumed = new CompletableFuture<>();
        simulation.runtime.onResume = container -> resumed;
        Watch paused = watch();
        assertEquals(Optional.empty(), paused.last.expected());
        resumed.complete(null);
        paused.lease.release();
        assertEquals(Optional.of(Duration.ofSeconds(5)), expected());
    }

    /** A start, after which it runs. */
    private void wakeWithin(int seconds) {
        FakeRequest request = simulation.request();
        simulation.time.advanceSeconds(seconds);
        simulation.runtime.latest().becomeReady();
        request.finish();
    }

    /** Of the next start. */
    private Optional<Duration> expected() {
        simulation.sleep();
        Watch watch = watch();
        Optional<Duration> expected = watch.last.expected();
        assertEquals(expected, simulation.upstream().progress().orElseThrow().expected());
        simulation.time.advanceSeconds(5);
        simulation.runtime.latest().becomeReady();
        watch.lease.release();
        assertEquals(Optional.empty(), simulation.upstream().progress());
        return expected;
    }

    @Test
    void whatIsLeftIsASecondAtLeast() {
        Optional<Duration> five = Optional.of(Duration.ofSeconds(5));
        assertEquals(Duration.ofSeconds(3), left(2, five));
        assertEquals(Duration.ofSeconds(1), left(9, five));
        assertEquals(Duration.ofSeconds(1), left(0, Optional.empty()));
    }

    private static Duration left(int elapsed, Optional<Duration> expected) {
        return new WakeProgress(WakePhase.START, 0, Duration.ofSeconds(elapsed), expected).left();
    }

    /** Two projects on a host that starts one at a time. */
    @Nested
    class InLine {

        @RegisterExtension
        final Registry registry = new Registry();

        private Upstream register(String name) throws IOException {
            return ((Projects.Change.Done) registry.projects.register(Samples.draft(name, name + ".localhost")))
                    .upstream();
        }

        @Test
        void theirPlaceIsToldAsItChanges() throws IOException {
            registry.runtime.startsAtOnce = 1;
            registry.request(register("a"));
            FakeWait second = registry.request(register("b"));
            registry.request(register("c"));
            Watch watch = Watch.on(register("d"));
            assertEquals(List.of("image", "line 2"), watch.heard);
            second.waiter.cancel();
            assertEquals(List.of("image", "line 2", "line 1"), watch.heard);
            registry.runtime.containers().get(0).address();
            registry.runtime.containers().get(1).address();
            assertEquals(List.of("image", "line 2", "line 1", "line 0", "create"), watch.heard);
        }

        @Test
        void aPlaceIsKeptForWhoIsAwaitedAndNoLonger() throws IOException {
            registry.runtime.startsAtOnce = 1;
            registry.request(register("a"));
            Upstream page = register("b");
            FakeWait shown = registry.request(page);
            page.awaitReturn(Duration.ofSeconds(10));
            shown.waiter.cancel();
            assertEquals(ProjectStatus.State.STARTING, page.status().state());
            registry.time.advance(Duration.ofSeconds(10).minusNanos(1));
            assertEquals(ProjectStatus.State.STARTING, page.status().state());
            registry.time.advance(Duration.ofNanos(1));
            assertEquals(ProjectStatus.State.STOPPED, page.status().state());
        }

        @Test
        void whoComesBackInTimeKeepsIt() throws IOException {
            registry.runtime.startsAtOnce = 1;
            registry.request(register("a"));
            Upstream page = register("b");
            FakeWait shown = registry.request(page);
            page.awaitReturn(Duration.ofSeconds(10));
            shown.waiter.cancel();
            Watch back = Watch.on(page);
            registry.time.advanceSeconds(11);
            assertTrue(page.status().placeInLine().isPresent());
            back.waiter.cancel();
            assertEquals(ProjectStatus.State.STOPPED, page.status().state());
        }

        @Test
        void aStopByHandIsTheEndOfAStartByHand() throws IOException {
            registry.runtime.startsAtOnce = 1;
            registry.request(register("a"));
            Upstream project = register("b");
            project.wake();
            FakeWait waits = registry.request(project);
            project.sleep();
            assertEquals(ProjectStatus.State.STARTING, project.status().state());
            waits.waiter.cancel();
            assertEquals(ProjectStatus.State.STOPPED, project.status().state());
        }
    }
}
