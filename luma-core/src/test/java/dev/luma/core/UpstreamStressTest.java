package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads at one project, while the engine starts and stops its instances on others. */
@Timeout(120)
class UpstreamStressTest {

    private static final int ROUNDS = 400;
    private static final int REQUESTS = 25;

    private final Simulation simulation = new Simulation();
    private final AtomicInteger seeds = new AtomicInteger();

    @Test
    void noRequestIsLostAndNoneEndsTwice() throws Exception {
        simulation.runtime.takesTime(Duration.ofMillis(300), Duration.ofMillis(200));
        Race.run(ROUNDS, this::endRound, this::ask, this::ask, this::ask, this::letTimePass);
        finishAndAssertRest();
        assertTrue(simulation.runtime.starts() > 1, "it slept and woke on the way");
    }

    /** The moment at which an instance is put to sleep is the one that counts: who gets in keeps it awake. */
    @Test
    void anInstanceThatIsStoppedServesNobody() throws Exception {
        simulation.runtime.onStart = FakeContainer::becomeReady;
        Lease[] lease = {null};
        simulation.warm();
        Race.run(
                20_000,
                () -> {
                    if (lease[0] != null) {
                        assertEquals(
                                FakeContainer.Life.READY,
                                simulation
                                        .runtime
                                        .container(lease[0].instance().id())
                                        .life());
                        lease[0].release();
                    } else {
                        simulation.request().finish();
                    }
                },
                () -> lease[0] = simulation.upstream().tryAcquire(),
                () -> simulation.time.advanceSeconds(20));
    }

    /** Between the first request and the end of the time that it is kept for one there is nothing else: a hit, or a miss. */
    @Test
    void anInstanceThatIsGivenUpWasMetByNobody() throws Exception {
        Simulation[] now = {expecting()};
        Lease[] leases = new Lease[2];
        int[] hits = new int[1];
        Race.run(
                3_000,
                () -> {
                    Prewarms told = now[0].upstream().status().prewarms().orElseThrow();
                    boolean met = leases[0] != null || leases[1] != null;
                    assertEquals(
                            met ? new Prewarms(1, 0, Optional.empty()) : new Prewarms(0, 1, Optional.empty()), told);
                    assertEquals(0, now[0].prewarms.taken());
                    assertEquals(met ? ProjectStatus.State.RUNNING : ProjectStatus.State.STOPPED, now[0].state());
                    for (Lease lease : leases) {
                        if (lease != null) {
                            lease.release();
                        }
                    }
                    now[0].assertNoViolation();
                    hits[0] += met ? 1 : 0;
                    now[0] = expecting();
                },
                () -> leases[0] = now[0].upstream().tryAcquire(),
                () -> leases[1] = now[0].upstream().tryAcquire(),
                () -> now[0].time.advanceSeconds(2));
        assertTrue(hits[0] > 0, "never met");
    }

    /** One that is awake for nobody yet. */
    private static Simulation expecting() {
        Simulation simulation = new Simulation();
        simulation.change(Samples.withPrewarm(Samples.shop(), true));
        simulation.runtime.onStart = FakeContainer::becomeReady;
        for (int i = 0; i <= Rhythm.ENOUGH; i++) {
            simulation.time.advanceSeconds(300);
            simulation.request().finish();
        }
        simulation.time.advanceSeconds(299);
        assertEquals(PrewarmBudget.EACH, simulation.prewarms.taken());
        return simulation;
    }

    @Test
    void itHealsWhileItsInstancesDieAndItsOperatorPlays() throws Exception {
        simulation.runtime.takesTime(Duration.ofMillis(300), Duration.ofMillis(200));
        Race.run(ROUNDS, this::endRound, this::ask, this::ask, this::letTimePass, this::disturb);
        finishAndAssertRest();
    }

    /** A client: some leave, some find the instance unreachable, most are served. */
    private void ask() {
        SplittableRandom random = new SplittableRandom(seeds.incrementAndGet());
        for (int i = 0; i < REQUESTS; i++) {
            FakeRequest request = simulation.request();
            int what = random.nextInt(20);
            if (what == 0 && request.isWaiting()) {
                request.cancel();
            } else if (what == 1 && request.isGranted()) {
                request.findUnreachable();
            } else if (what < 18 && request.isGranted()) {
                request.finish();
            }
        }
    }

    private void letTimePass() {
        for (int i = 0; i < 10; i++) {
            simulation.time.advance(Duration.ofMillis(150));
        }
        if (seeds.get() % 3 == 0) {
            simulation.time.advanceSeconds(21);
        }
    }

    private void disturb() {
        SplittableRandom random = new SplittableRandom(seeds.incrementAndGet());
        switch (random.nextInt(4)) {
            case 0 -> simulation.sleep();
            case 1 ->
                simulation.change(Samples.withImage(simulation.upstream().project(), "nginx:" + random.nextInt(9)));
            case 2 ->
                simulation.runtime.containers().stream()
                        .filter(container -> container.life() == FakeContainer.Life.READY)
                        .findFirst()
                        .ifPresent(container -> container.exit(1));
            default ->
                simulation.change(Samples.withIdleTimeout(simulation.upstream().project(), Duration.ofSeconds(20)));
        }
    }

    /** Those whose turn came after their client had gone on to the next. */
    private void finishGranted() {
        simulation.requests().stream().filter(FakeRequest::isGranted).forEach(FakeRequest::finish);
    }

    private void endRound() {
        finishGranted();
        simulation.assertNoViolation();
    }

    private void finishAndAssertRest() {
        for (int i = 0; i < 4; i++) {
            finishGranted();
            simulation.time.advance(Duration.ofMinutes(2));
        }
        simulation.assertEveryRequestEndedOnce();
        simulation.assertAtRest();
        simulation.assertNoViolation();
        simulation.runtime.containers().forEach(container -> assertEquals(0, container.leases.get(), "leases"));
    }
}
