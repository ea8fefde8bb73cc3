package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.Finding;
import dev.luma.core.HostMemory.Reading;
import dev.luma.core.ProjectStatus.State;
import dev.luma.core.Waking.Sleep;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When memory is short, the longest paused are stopped first. */
class MemoryWatchTest {

    private static final long GIB = 1L << 30;
    private static final int IDLE = 20;
    private static final Duration LOOK = MemoryWatch.LOOK;

    @RegisterExtension
    final Registry registry = new Registry();

    private final SimulatedTime time = registry.time;
    private final FakeRuntime runtime = registry.runtime;

    private static Optional<Reading> reading(long available, double stalled) {
        return Optional.of(new Reading(8 * GIB, available, OptionalDouble.of(stalled)));
    }

    private static final Optional<Reading> AMPLE = reading(4 * GIB, 0);
    private static final Optional<Reading> SHORT = reading(GIB / 4, 0);

    /** Projects that fell asleep one after the other, a second apart, and are all paused. */
    private List<Upstream> paused(Registry in, int count) throws IOException {
        List<Upstream> upstreams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Upstream upstream = register(in, "p" + i);
            FakeWait request = in.request(upstream);
            in.runtime.latest().becomeReady();
            request.lease.release();
            in.time.advanceSeconds(1);
            upstreams.add(upstream);
        }
        in.time.advanceSeconds(IDLE);
        assertEquals(
                List.of(State.PAUSED),
                upstreams.stream().map(this::state).distinct().toList());
        return upstreams;
    }

    private List<Upstream> paused(int count) throws IOException {
        return paused(registry, count);
    }

    private static Upstream register(Registry in, String name) throws IOException {
        Project draft = Samples.draft(name, name + ".localhost")
                .withWaking(Waking.USUAL.withSleep(Sleep.PAUSE, Optional.empty()));
        return ((Projects.Change.Done) in.projects.register(draft)).upstream();
    }

    private State state(Upstream upstream) {
        return upstream.status().state();
    }

    private List<State> states(List<Upstream> upstreams) {
        return upstreams.stream().map(this::state).toList();
    }

    private Finding finding() {
        List<Finding> all = registry.projects.findings();
        return all.get(all.size() - 1);
    }

    @Test
    void theLongestPausedIsStoppedFirst() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(3);
        // Once more, so that it is the one that has been paused the shortest.
        registry.request(upstreams.get(0)).lease.release();
        time.advanceSeconds(IDLE);
        assertEquals(List.of(State.PAUSED, State.PAUSED, State.PAUSED), states(upstreams));
        registry.memory = SHORT;
        time.advance(LOOK);
        assertEquals(List.of(State.PAUSED, State.STOPPED, State.PAUSED), states(upstreams));
        time.advance(LOOK);
        assertEquals(List.of(State.PAUSED, State.STOPPED, State.STOPPED), states(upstreams));
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPED, State.STOPPED, State.STOPPED), states(upstreams));
        assertEquals(0, time.pending());
    }

    @Test
    void nothingIsStoppedWhileThereIsEnough() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(2);
        time.advance(Duration.ofMinutes(30));
        assertEquals(List.of(State.PAUSED, State.PAUSED), states(upstreams));
    }

    /** 5% of 8 GiB are 429496729 octets. */
    @ParameterizedTest
    @CsvSource({
        // available, stalled, is stopped
        "429496700,  0,    true",
        "429496800,  0,    false",
        "429496800,  9.9,  false",
        "429496800,  10,   true",
        "2147483600, 10,   true",
        // Who waits although a fourth is available has come to a limit of its own.
        "2147483700, 99,   false",
        "429496800,  -1,   false",
    })
    void memoryIsShortUnderTheMarkOrWhenSomebodyWaitsForIt(long available, double stalled, boolean stopped)
            throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(1);
        OptionalDouble told = stalled < 0 ? OptionalDouble.empty() : OptionalDouble.of(stalled);
        registry.memory = Optional.of(new Reading(8 * GIB, available, told));
        assertEquals(!stopped, finding().fine(), finding()::sentence);
        time.advance(LOOK);
        assertEquals(List.of(stopped ? State.STOPPED : State.PAUSED), states(upstreams));
    }

    @Test
    void whenItIsEnoughAgainTheOthersStayPaused() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(3);
        registry.memory = SHORT;
        runtime.onStop = container -> {
            container.finishStop();
            registry.memory = AMPLE;
        };
        time.advance(Duration.ofMinutes(5));
        assertEquals(List.of(State.STOPPED, State.PAUSED, State.PAUSED), states(upstreams));
    }

    @Test
    void theNextOneIsStoppedOnlyAfterTheStopIsDone() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(2);
        registry.memory = SHORT;
        runtime.onStop = container -> {};
        time.advance(Duration.ofMinutes(1));
        assertEquals(List.of(State.STOPPING, State.PAUSED), states(upstreams));
        runtime.containers().get(0).finishStop();
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPED, State.STOPPING), states(upstreams));
        runtime.containers().get(1).finishStop();
    }

    /** The kernel's figure is a mean: for a while it tells of how it was before the stop. */
    @Test
    void whoWaitedBeforeAStopCountsNoMore() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(2);
        registry.memory = reading(GIB, 50);
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPED, State.PAUSED), states(upstreams));
        time.advance(MemoryWatch.STALL_SPAN.minusMillis(1));
        assertEquals(List.of(State.STOPPED, State.PAUSED), states(upstreams));
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPED, State.STOPPED), states(upstreams));
    }

    @Test
    void oneThatCannotBeStoppedDoesNotSpareTheOthers() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(2);
        registry.memory = SHORT;
        FakeContainer stubborn = runtime.containers().get(0);
        runtime.onStop = container -> {
            if (container == stubborn) {
                container.failStop();
            } else {
                container.finishStop();
            }
        };
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPING, State.PAUSED), states(upstreams));
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPING, State.STOPPED), states(upstreams));
        runtime.onStop = FakeContainer::finishStop;
        time.advanceSeconds(5);
        assertEquals(0, time.pending());
    }

    @Test
    void oneThatIsWokenIsNotStopped() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(2);
        FakeWait request = registry.request(upstreams.get(0));
        registry.memory = SHORT;
        time.advance(LOOK);
        assertEquals(List.of(State.RUNNING, State.STOPPED), states(upstreams));
        request.lease.release();
    }

    /** It heard that its memory is needed only when somebody had asked for it again. */
    @Test
    void oneThatIsWokenMeanwhileDoesNotHoldUpTheNext() {
        List<String> needed = new ArrayList<>();
        MemoryWatch watch = new MemoryWatch(() -> SHORT, MemoryReserve.DEFAULT, () -> true, time, time);
        Scheduler.Cancellable first = watch.paused("shop", "shop-1", () -> needed.add("shop-1"));
        watch.paused("blog", "blog-1", () -> needed.add("blog-1"));
        time.advance(LOOK.multipliedBy(3));
        assertEquals(List.of("shop-1"), needed);
        first.cancel();
        time.advance(LOOK);
        assertEquals(List.of("shop-1", "blog-1"), needed);
    }

    @Test
    void onlyItsOwnStopIsWaitedFor() {
        List<String> needed = new ArrayList<>();
        MemoryWatch watch = new MemoryWatch(() -> SHORT, MemoryReserve.DEFAULT, () -> true, time, time);
        Scheduler.Cancellable first = watch.paused("shop", "shop-1", () -> needed.add("shop-1"));
        watch.paused("blog", "blog-1", () -> needed.add("blog-1"));
        time.advance(LOOK);
        CompletableFuture<Void> stop = new CompletableFuture<>();
        first.cancel();
        watch.stops("shop-1", stop);
        watch.stops("other-1", CompletableFuture.completedFuture(null));
        time.advance(LOOK);
        assertEquals(List.of("shop-1"), needed);
        stop.complete(null);
        time.advance(LOOK);
        assertEquals(List.of("shop-1", "blog-1"), needed);
    }

    @Test
    void nobodyLooksWhileNothingIsPaused() throws IOException {
        registry.memory = AMPLE;
        Upstream upstream = register(registry, "p");
        FakeWait request = registry.request(upstream);
        runtime.latest().becomeReady();
        assertEquals(1, time.pending(), "the end of its idle time");
        request.lease.release();
        time.advanceSeconds(IDLE);
        assertEquals(State.PAUSED, state(upstream));
        assertEquals(2, time.pending(), "the end of the pause, and the look");
        FakeWait next = registry.request(upstream);
        assertEquals(1, time.pending(), "the end of its idle time");
        next.lease.release();
        upstream.sleep();
        assertEquals(0, time.pending());
    }

    @Test
    void thereIsOneTimerForAll() throws IOException {
        registry.memory = AMPLE;
        paused(5);
        assertEquals(5 + 1, time.pending());
    }

    @Test
    void withoutAReserveNobodyLooks() throws IOException {
        Registry without = new Registry(withReserve(MemoryReserve.NONE));
        without.memory = SHORT;
        List<Upstream> upstreams = paused(without, 1);
        assertEquals(1, without.time.pending());
        without.time.advance(Duration.ofMinutes(5));
        assertEquals(List.of(State.PAUSED), states(upstreams));
    }

    @Test
    void aMachineThatDoesNotTellIsAskedOncePerPause() throws IOException {
        List<Upstream> upstreams = paused(1);
        time.advance(LOOK);
        assertEquals(1, time.pending(), "only the end of the pause");
        registry.request(upstreams.get(0)).lease.release();
        time.advanceSeconds(IDLE);
        assertEquals(2, time.pending());
        registry.memory = SHORT;
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPED), states(upstreams));
    }

    @Test
    void nothingIsStoppedOnAnotherMachine() throws IOException {
        runtime.here = false;
        registry.memory = SHORT;
        List<Upstream> upstreams = paused(1);
        time.advance(Duration.ofMinutes(5));
        assertEquals(List.of(State.PAUSED), states(upstreams));
    }

    @Test
    void aLostEngineIsNotAskedToStopAnything() throws IOException {
        registry.memory = AMPLE;
        List<Upstream> upstreams = paused(2);
        runtime.goDown();
        registry.memory = SHORT;
        time.advance(Duration.ofMinutes(5));
        assertEquals(List.of(State.PAUSED, State.PAUSED), states(upstreams));
        runtime.comeBack();
        time.advance(LOOK);
        assertEquals(List.of(State.STOPPED, State.PAUSED), states(upstreams));
    }

    @Test
    void theEndOfLumaEndsTheLooks() throws IOException {
        registry.memory = AMPLE;
        paused(2);
        registry.projects.close(Duration.ZERO);
        assertEquals(0, time.pending());
    }

    @Test
    void saysHowItIs() {
        registry.memory = AMPLE;
        assertEquals(
                new Finding(
                        "memory",
                        true,
                        "4096 MiB of 8192 MiB are available (the longest paused are stopped under 409 MiB)"),
                finding());
        registry.memory = SHORT;
        assertEquals(
                new Finding(
                        "memory",
                        false,
                        "is short: 256 MiB of 8192 MiB are available, less than 409 MiB (memory_reserve); stop what is not"
                                + " needed, or lower memory_reserve"),
                finding());
        registry.memory = reading(GIB, 34.4);
        assertEquals(
                "is short: 1024 MiB of 8192 MiB are available, and somebody waited for memory in 34% of the last 10s;"
                        + " stop what is not needed, or lower memory_reserve",
                finding().sentence());
    }

    @Test
    void saysWhyItDoesNothing() {
        assertEquals(
                new Finding(
                        "memory",
                        true,
                        "how much is available cannot be read on this machine, so nothing is stopped when it is short"),
                finding());
        registry.memory = SHORT;
        runtime.here = false;
        assertEquals(
                new Finding(
                        "memory",
                        true,
                        "nothing is stopped when it is short, as no engine answers that runs on this machine's kernel"),
                finding());
        Registry without = new Registry(withReserve(MemoryReserve.NONE));
        List<Finding> all = without.projects.findings();
        assertTrue(all.contains(
                new Finding("memory", true, "memory_reserve is 0, so nothing is stopped when memory is short")));
        assertEquals(
                List.of("engine", "memory"), all.stream().map(Finding::subject).toList());
    }

    private static Limits withReserve(MemoryReserve reserve) {
        return Samples.limits(Limits.DEFAULTS.startsAtOnce(), reserve, Limits.DEFAULTS.prewarmMemory());
    }
}
