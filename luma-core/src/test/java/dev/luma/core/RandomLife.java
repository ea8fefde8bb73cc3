package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Waking.Sleep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One project to which anything may happen in any order, drawn from a seed. It keeps what it did, for the one who has to
 * find out what went wrong.
 */
final class RandomLife {

    private static final Set<ProjectStatus.State> ASLEEP =
            EnumSet.of(ProjectStatus.State.IDLE, ProjectStatus.State.STOPPED);

    private static final Limits LIMITS = new Limits(
            Duration.ofSeconds(20),
            Duration.ofSeconds(40),
            Duration.ofSeconds(60),
            12,
            11,
            Duration.ofSeconds(120),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    private final SplittableRandom random;
    private final Simulation simulation = new Simulation(LIMITS);
    private final FakeRuntime runtime = simulation.runtime;
    private final List<String> story = new ArrayList<>();
    private final boolean rhythmic;
    private boolean down;
    private int ahead;

    /** @param external whether Luma does not run the project, at first */
    RandomLife(long seed, boolean external) {
        this(seed, external, false);
    }

    /** One that is often left alone for the same time, and is woken ahead most of the time. */
    static RandomLife rhythmic(long seed) {
        return new RandomLife(seed, false, true);
    }

    private RandomLife(long seed, boolean external, boolean rhythmic) {
        this.random = new SplittableRandom(seed);
        this.rhythmic = rhythmic;
        runtime.onStart = this::begin;
        runtime.onStop = this::end;
        runtime.onCheck = this::findMoved;
        runtime.onPause = container -> sooner();
        runtime.onResume = container -> sooner();
        if (rhythmic) {
            simulation.change(Samples.withPrewarm(simulation.upstream().project(), true));
        }
        if (external) {
            simulation.change(Samples.withSource(simulation.upstream().project(), upstream()));
        }
    }

    /** Lets so many things happen, then lets everything come to an end, and looks at what is left. */
    void live(int events) {
        for (int i = 0; i < events; i++) {
            story.add(simulation.time.elapsed() + " " + happen());
            checkNow();
        }
        comeToAnEnd();
        simulation.assertEveryRequestEndedOnce();
        simulation.assertAtRest();
        simulation.assertNoViolation();
        checkOrder();
        runtime.containers().forEach(container -> assertEquals(0, container.leases.get(), "leases"));
    }

    /** How often it was woken ahead, since its settings said so. */
    int wokenAhead() {
        return ahead;
    }

    String story() {
        return String.join("\n", story);
    }

    private String happen() {
        if (rhythmic && random.nextInt(4) > 0) {
            return keepTheRhythm();
        }
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> {
                FakeRequest request = simulation.requestOf("client" + random.nextInt(3));
                return "request of " + request.client;
            }
            case 4, 5, 6 -> {
                return with(FakeRequest::isGranted, "finish", FakeRequest::finish);
            }
            case 7 -> {
                return with(FakeRequest::isWaiting, "cancel", FakeRequest::cancel);
            }
            case 8 -> {
                return with(FakeRequest::isGranted, "find unreachable", this::findUnreachable);
            }
            case 9, 10, 11, 12, 13 -> {
                Duration step = randomStep();
                simulation.time.advance(step);
                return "advance " + step;
            }
            case 14 -> {
                return withRunning("exit or move", container -> {
                    if (container.project.isExternal()) {
                        move(container);
                    } else {
                        container.exit(1);
                    }
                });
            }
            case 15 -> {
                return withRunning("die unnoticed", container -> {
                    if (!container.project.isExternal()) {
                        container.die();
                    }
                });
            }
            case 16 -> {
                return withRunning("fall silent or answer", container -> {
                    if (container.isAnswering()) {
                        container.fallSilent();
                    } else {
                        container.answer();
                    }
                });
            }
            case 17 -> {
                if (random.nextInt(3) == 0 && !isExternal()) {
                    simulation.sleep();
                    return "sleep";
                }
                return with(FakeRequest::isGranted, "go on for long", FakeRequest::last);
            }
            case 18 -> {
                return changeSettings();
            }
            default -> {
                return turnEngine();
            }
        }
    }

    /** Asks, answers whoever is there in a moment, and leaves it alone for a minute or so. */
    private String keepTheRhythm() {
        int before = ahead();
        simulation.requestOf("client" + random.nextInt(3));
        simulation.time.advanceSeconds(1);
        simulation.answerAll();
        simulation.time.advance(Duration.ofMillis(59_000 + random.nextInt(2_000)));
        ahead += Math.max(0, ahead() - before);
        return "a visit, and a minute of rest";
    }

    private int ahead() {
        return simulation
                .upstream()
                .status()
                .prewarms()
                .map(prewarms -> prewarms.hits() + prewarms.misses())
                .orElse(0);
    }

    /** Mostly short, sometimes to the moment at which something is due, rarely long. */
    private Duration randomStep() {
        return switch (random.nextInt(6)) {
            case 0 -> Duration.ofMillis(1);
            case 1, 2 -> Duration.ofMillis(random.nextInt(2_000));
            case 3 -> Duration.ofSeconds(5);
            case 4 -> Duration.ofSeconds(20);
            default -> Duration.ofSeconds(random.nextInt(70));
        };
    }

    private String changeSettings() {
        Project now = simulation.upstream().project();
        Project next = switch (random.nextInt(8)) {
            case 0 -> now;
            case 1 -> Samples.withHostname(now, "host" + random.nextInt(9) + ".localhost");
            case 2 -> isExternal() ? now : Samples.withIdleTimeout(now, Duration.ofSeconds(1 + random.nextInt(30)));
            case 3 -> isExternal() ? Samples.withSource(now, upstream()) : withOtherImage(now);
            case 5 -> isExternal() ? now : Samples.withSleep(now, random.nextInt(3) == 0 ? Sleep.STOP : Sleep.PAUSE);
            case 4 -> Samples.withReadiness(now, "/" + random.nextInt(3));
            case 6 ->
                isExternal() ? now : Samples.withPrewarm(now, !now.waking().prewarm() || random.nextBoolean());
            default ->
                random.nextInt(4) > 0 ? now : isExternal() ? withOtherImage(now) : Samples.withSource(now, upstream());
        };
        simulation.change(next);
        return "change to " + next;
    }

    private boolean isExternal() {
        return simulation.upstream().project().isExternal();
    }

    private Source upstream() {
        return new Source.External("host" + random.nextInt(3) + ".lan", 80);
    }

    private Project withOtherImage(Project of) {
        return Samples.withSource(
                of,
                new Source.Container(
                        "nginx:" + random.nextInt(9),
                        80,
                        Samples.shop().container().env()));
    }

    /** The name leads elsewhere. */
    private void move(FakeContainer container) {
        runtime.giveUpInstances();
        simulation.upstream().outdated(container.id);
    }

    private void findMoved(FakeContainer container) {
        if (container.project.isExternal() && random.nextBoolean()) {
            move(container);
        }
    }

    private String turnEngine() {
        if (down) {
            down = false;
            runtime.comeBack();
            return "engine comes back";
        } else if (random.nextInt(4) == 0) {
            down = true;
            runtime.goDown();
            return "engine goes down";
        }
        return "nothing";
    }

    /** The connection is refused by whatever is not listening. */
    private void findUnreachable(FakeRequest request) {
        FakeContainer container = runtime.container(request.lease().instance().id());
        if (random.nextBoolean()) {
            container.fallSilent();
        }
        request.findUnreachable();
    }

    private String with(Predicate<FakeRequest> which, String what, Consumer<FakeRequest> action) {
        List<FakeRequest> candidates =
                simulation.requests().stream().filter(which).toList();
        if (candidates.isEmpty()) {
            return "nothing";
        }
        FakeRequest chosen = candidates.get(random.nextInt(candidates.size()));
        action.accept(chosen);
        return what + " " + simulation.requests().indexOf(chosen);
    }

    private String withRunning(String what, Consumer<FakeContainer> action) {
        List<FakeContainer> candidates = runtime.containers().stream()
                .filter(container -> container.life() == FakeContainer.Life.READY)
                .toList();
        if (candidates.isEmpty()) {
            return "nothing";
        }
        FakeContainer chosen = candidates.get(random.nextInt(candidates.size()));
        action.accept(chosen);
        return what + " " + chosen.id;
    }

    /** Every start ends, in one of all the ways there are. */
    private void begin(FakeContainer container) {
        container.way = List.of(Way.PLAIN, Way.SANDBOX, Way.KEPT).get(random.nextInt(3));
        // Nobody tells what became of a process that Luma does not run, and no engine is asked for it.
        int way = container.project.isExternal() ? List.of(0, 3, 5, 5).get(random.nextInt(4)) : random.nextInt(10);
        Duration wait = Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(90_000) : random.nextInt(900));
        Runnable outcome = switch (way) {
            case 0, 1 -> () -> container.failStart("no such image");
            case 2 -> () -> container.failStart(Refusal.Reason.RUNTIME_DOWN, "the engine does not answer");
            case 3 -> container::address;
            case 4 ->
                () -> {
                    container.address();
                    container.exit(2);
                };
            default -> container::becomeReady;
        };
        if (random.nextInt(5) == 0) {
            outcome.run();
        } else {
            simulation.time.later(wait, () -> {
                if (container.isStarting()) {
                    outcome.run();
                }
            });
        }
    }

    private void end(FakeContainer container) {
        Runnable outcome = random.nextInt(5) == 0 ? container::failStop : container::finishStop;
        if (random.nextBoolean()) {
            outcome.run();
        } else {
            simulation.time.later(Duration.ofMillis(random.nextInt(15_000)), outcome);
        }
    }

    /** Of a container that is paused, or goes on: mostly at once, or later, or not at all. */
    private CompletionStage<Void> sooner() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable outcome = random.nextInt(5) == 0
                ? () -> done.completeExceptionally(new IllegalStateException("the engine did not do it"))
                : () -> done.complete(null);
        if (random.nextBoolean()) {
            outcome.run();
        } else {
            simulation.time.later(Duration.ofMillis(random.nextInt(3_000)), outcome);
        }
        return done;
    }

    private void checkNow() {
        simulation.assertNoViolation();
        List<FakeRequest> waiting =
                simulation.requests().stream().filter(FakeRequest::isWaiting).toList();
        assertEquals(waiting.size(), simulation.upstream().status().waiting(), "waiting");
        assertTrue(waiting.stream().noneMatch(FakeRequest::isOverdue), "waiting after the deadline");
        if (ASLEEP.contains(simulation.state())) {
            long expecting = simulation.upstream().status().prewarms().flatMap(Prewarms::next).stream()
                    .count();
            assertEquals(expecting, simulation.time.pending(), "timers of a sleeping project");
            assertEquals(0, runtime.probe().active(), "probes of a sleeping project");
            assertFalse(isExternal(), "asleep, but not run by Luma");
        }
    }

    private void checkOrder() {
        assertEquals(new ArrayList<>(), overtaken(), "overtaken");
    }

    /**
     * Requests that asked once only, and were let through before one of the same client that asked earlier and was let
     * through later.
     */
    private List<String> overtaken() {
        List<FakeRequest> all = simulation.requests();
        Set<FakeRequest> seen = new HashSet<>();
        List<String> wrong = new ArrayList<>();
        Map<String, Integer> lastOf = new HashMap<>();
        for (FakeRequest granted : simulation.grants()) {
            if (granted.asked() > 1 || !seen.add(granted)) {
                continue;
            }
            int number = all.indexOf(granted);
            int last = lastOf.getOrDefault(granted.client, -1);
            if (number < last) {
                wrong.add(number + " after " + last);
            }
            lastOf.put(granted.client, Math.max(last, number));
        }
        return wrong;
    }

    /** What Luma does not run is found by nobody's doing, once it is there. */
    private void findAgain() {
        runtime.onStart = FakeContainer::becomeReady;
        runtime.onCheck = container -> {};
        simulation.time.advance(Duration.ofMinutes(3));
        assertEquals(ProjectStatus.State.RUNNING, simulation.state(), "what listens and is not run by Luma");
        assertEquals(Optional.empty(), simulation.upstream().status().lastFailure());
    }

    /** The engine works, whoever still has a lease gives it back, and nobody comes any more. */
    private void comeToAnEnd() {
        if (down) {
            runtime.comeBack();
        }
        if (isExternal()) {
            findAgain();
            simulation.change(withOtherImage(simulation.upstream().project()));
        }
        simulation.change(Samples.withPrewarm(simulation.upstream().project(), false));
        runtime.onStop = FakeContainer::finishStop;
        for (int i = 0; i < 8; i++) {
            simulation.requests().stream().filter(FakeRequest::isGranted).forEach(FakeRequest::finish);
            simulation.time.advance(Duration.ofMinutes(1));
        }
    }
}
