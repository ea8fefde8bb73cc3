package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How fast a line is let out to an instance that has just become ready, and who comes first. */
class UpstreamPaceTest {

    @RegisterExtension
    final Simulation simulation = new Simulation();

    private List<FakeRequest> parked(int count) {
        return Stream.generate(simulation::request).limit(count).toList();
    }

    private List<FakeRequest> parked(String client, int count) {
        return Stream.generate(() -> simulation.requestOf(client)).limit(count).toList();
    }

    private int atWork() {
        return simulation.atWork().size();
    }

    /** Those who are at work now are answered, all of them and in order. */
    private void answerThese() {
        simulation.atWork().forEach(FakeRequest::finish);
    }

    private void becomeReady() {
        simulation.runtime.latest().becomeReady();
    }

    @Test
    void aThousandAreLetOutAsTheyAreAnswered() {
        List<FakeRequest> requests = parked(1_000);
        becomeReady();
        List<Integer> rounds = new ArrayList<>();
        while (atWork() > 0) {
            rounds.add(atWork());
            answerThese();
        }
        assertEquals(List.of(4, 8, 16, 32, 64, 64), rounds.subList(0, 6));
        assertEquals(Window.MANY, Collections.max(rounds));
        assertEquals(19, rounds.size());
        assertEquals(requests, simulation.grants());
        assertEquals(0, simulation.upstream().status().waiting());
    }

    @Test
    void eachThatComesBackMakesRoomForTwo() {
        parked(100);
        becomeReady();
        for (int back = 1; back <= 48; back++) {
            simulation.atWork().get(0).finish();
            assertEquals(Window.FIRST + back, atWork());
        }
        simulation.atWork().get(0).finish();
        assertEquals(51, atWork(), "there were no more than a hundred");
    }

    @Test
    void clientsTakeTurns() {
        List<FakeRequest> many = parked("a", 5);
        List<FakeRequest> one = parked("b", 1);
        List<FakeRequest> two = parked("c", 2);
        becomeReady();
        simulation.answerAll();
        assertEquals(
                List.of(
                        many.get(0),
                        one.get(0),
                        two.get(0),
                        many.get(1),
                        two.get(1),
                        many.get(2),
                        many.get(3),
                        many.get(4)),
                simulation.grants());
    }

    /** And is past the line as soon as there is none. */
    @Test
    void whoComesWhileOthersWaitTakesTurnsWithThem() {
        List<FakeRequest> early = parked("a", 7);
        becomeReady();
        assertEquals(3, simulation.upstream().status().waiting());
        assertNull(simulation.upstream().tryAcquire());
        FakeRequest late = simulation.requestOf("b");
        FakeRequest later = simulation.requestOf("a");
        assertTrue(late.isWaiting());
        early.get(0).finish();
        early.get(1).finish();
        assertEquals(1, simulation.upstream().status().waiting());
        assertNull(simulation.upstream().tryAcquire());
        early.get(2).finish();
        assertTrue(late.isGranted());
        assertTrue(later.isGranted());
        Lease warm = simulation.upstream().tryAcquire();
        assertNotNull(warm);
        assertEquals(0, warm.waitedNanos());
        warm.release();
    }

    @Test
    void whoComesOnceTheLineIsOutIsNotHeldUp() {
        parked(4);
        becomeReady();
        List<FakeRequest> crowd = parked(100);
        assertTrue(crowd.stream().allMatch(FakeRequest::isGranted));
    }

    /** A stream has no end for which anybody could wait. */
    @Test
    void whenNobodyComesBackTimeMakesRoom() {
        parked(1_000);
        becomeReady();
        for (int atWork = 4; atWork < 1_000; atWork *= 2) {
            assertEquals(atWork, atWork());
            simulation.time.advance(Duration.ofMillis(499));
            assertEquals(atWork, atWork());
            simulation.time.advance(Duration.ofMillis(1));
        }
        assertEquals(1_000, atWork());
        assertEquals(0, simulation.upstream().status().waiting());
    }

    @Test
    void asLongAsSomebodyComesBackTimeMakesNone() {
        parked(1_000);
        becomeReady();
        for (int back = 1; back <= 20; back++) {
            simulation.time.advance(Duration.ofMillis(400));
            simulation.atWork().get(0).finish();
            assertEquals(Window.FIRST + back, atWork());
        }
    }

    /** Or those who always are many would be held back for good. */
    @Test
    void toManyWhoAreAnsweredTimeAddsSomeMore() {
        parked(1_000);
        becomeReady();
        while (atWork() < Window.MANY) {
            answerThese();
        }
        for (int atWork : List.of(64, 72, 81, 91)) {
            assertEquals(atWork, atWork());
            simulation.atWork().get(0).finish();
            assertEquals(atWork, atWork());
            simulation.time.advance(Duration.ofMillis(500));
        }
    }

    @Test
    void aTunnelCountsAsComeBackAtOnceAndOnlyOnce() {
        List<FakeRequest> requests = parked(100);
        becomeReady();
        requests.get(0).last();
        requests.get(0).last();
        assertEquals(6, atWork());
        requests.get(0).finish();
        assertEquals(5, atWork());
        for (FakeRequest request : requests.subList(1, 100)) {
            request.last();
        }
        assertEquals(99, atWork());
        assertEquals(99, requests.get(1).lease().instance().inFlight());
    }

    /** An app that answers is not one that was never ready: nobody is refused because others were before him. */
    @Test
    void whoseTimeIsOverIsLetOutRatherThanRefused() {
        simulation.time.advanceSeconds(1);
        long deadline = simulation.time.nanos() + Duration.ofSeconds(10).toNanos();
        List<FakeRequest> requests = Stream.generate(() -> simulation.requestUntil(deadline))
                .limit(500)
                .toList();
        becomeReady();
        Duration step = Duration.ofMillis(400);
        while (deadline - simulation.time.nanos() > step.toNanos()) {
            simulation.time.advance(step);
            simulation.atWork().get(0).finish();
        }
        assertTrue(simulation.upstream().status().waiting() > 100);
        simulation.time.advance(step);
        assertEquals(0, simulation.upstream().status().waiting());
        simulation.answerAll();
        assertEquals(requests, simulation.grants());
    }

    @Test
    void whoHasLeftTakesNoRoom() {
        List<FakeRequest> requests = parked(100);
        requests.subList(1, 99).forEach(FakeRequest::cancel);
        becomeReady();
        assertEquals(List.of(requests.get(0), requests.get(99)), simulation.grants());
    }

    @Test
    void anInstanceThatWasLostBeginsAnewWithAFew() {
        List<FakeRequest> requests = parked(100);
        becomeReady();
        answerThese();
        answerThese();
        List<FakeRequest> lost = simulation.atWork();
        assertEquals(16, lost.size());
        simulation.runtime.latest().fallSilent();
        lost.get(0).findUnreachable();
        simulation.runtime.latest().answer();
        assertEquals(16 - 1 + Window.FIRST, atWork());

        lost.subList(1, 16).forEach(FakeRequest::finish);
        assertEquals(Window.FIRST, atWork(), "those before it say nothing about it");
        simulation.answerAll();
        assertTrue(requests.stream().allMatch(request -> request.reason() == null));
        assertEquals(0, simulation.upstream().status().waiting());
    }

    @Test
    void theLineGoesToTheNextInstanceWhenThisOneEndsInTheMiddle() {
        List<FakeRequest> requests = parked(100);
        becomeReady();
        answerThese();
        simulation.change(Samples.withImage(simulation.upstream().project(), "nginx:1.28"));
        assertEquals(2, simulation.runtime.starts());
        FakeRequest behind = simulation.request();
        becomeReady();
        assertEquals(8 + Window.FIRST, atWork());
        simulation.answerAll();
        assertEquals(101, simulation.grants().size());
        assertEquals(requests, simulation.grants().subList(0, 100));
        assertEquals(behind, simulation.grants().get(100));
    }

    @Test
    void whatLumaDoesNotRunIsGivenAFewAtATime() {
        Project shop = simulation.upstream().project();
        simulation.change(Samples.withSource(shop, new Source.External("nas.lan", 5000)));
        parked(100);
        becomeReady();
        assertEquals(Window.FIRST, atWork());
        answerThese();
        assertEquals(2 * Window.FIRST, atWork());
        simulation.answerAll();
        assertEquals(100, simulation.grants().size());
    }

    @Test
    void nothingIsLeftOfThePaceWhenTheLineIsOut() {
        parked(100);
        becomeReady();
        assertEquals(3, simulation.time.pending(), "idle, deadline, pace");
        simulation.answerAll();
        assertEquals(1, simulation.time.pending(), "idle");
    }
}
