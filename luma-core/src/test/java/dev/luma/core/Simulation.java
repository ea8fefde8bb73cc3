package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One project in a world of its own, with simulated time, engine and requests. As an extension of a test it sees after
 * each test that no rule was broken on the way.
 */
final class Simulation implements AfterEachCallback {

    final SimulatedTime time = new SimulatedTime();
    final FakeRuntime runtime;
    final List<ProjectStatus> changes = Collections.synchronizedList(new ArrayList<>());
    volatile Consumer<ProjectStatus> onChange = changes::add;
    final PrewarmBudget prewarms;
    private final Limits limits;
    private final Upstream upstream;
    private final List<FakeRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<FakeRequest> grants = Collections.synchronizedList(new ArrayList<>());

    Simulation() {
        this(Limits.DEFAULTS);
    }

    Simulation(Limits limits) {
        this.limits = limits;
        this.runtime = new FakeRuntime(time, limits);
        this.prewarms = new PrewarmBudget(limits.prewarmMemory());
        this.upstream = new Upstream(
                Samples.shop(),
                "t",
                new Upstream.World(
                        runtime,
                        runtime.probe(),
                        time,
                        time,
                        limits,
                        new Places(limits.maxWaiting()),
                        new StartLine(runtime::startsAtOnce),
                        new MemoryWatch(HostMemory.UNKNOWN, limits.memoryReserve(), runtime::isHere, time, time),
                        prewarms,
                        (before, after) -> onChange.accept(after)));
        runtime.listen(new FromRuntime());
    }

    Upstream upstream() {
        return upstream;
    }

    /** A request that comes now. */
    FakeRequest request() {
        return requestUntil(upstream.waitDeadline());
    }

    FakeRequest requestUntil(long deadline) {
        return ask(new FakeRequest(this, "somebody", deadline));
    }

    /** A request of this client. */
    FakeRequest requestOf(String client) {
        return ask(new FakeRequest(this, client, upstream.waitDeadline()));
    }

    private FakeRequest ask(FakeRequest request) {
        requests.add(request);
        return request.ask();
    }

    /** The requests that are with an instance now, in the order in which they came. */
    List<FakeRequest> atWork() {
        return requests().stream().filter(FakeRequest::isGranted).toList();
    }

    /** Every request that is let through is answered at once, until none is left. */
    void answerAll() {
        for (List<FakeRequest> now = atWork(); !now.isEmpty(); now = atWork()) {
            now.forEach(FakeRequest::finish);
        }
    }

    /** An instance that runs and has just answered its first request. */
    FakeContainer warm() {
        FakeRequest first = request();
        runtime.latest().becomeReady();
        first.finish();
        return runtime.latest();
    }

    CompletionStage<Void> sleep() {
        runtime.giveUpInstances();
        return upstream.sleep();
    }

    CompletionStage<Void> close() {
        return close(Limits.DEFAULTS.drainTimeout());
    }

    CompletionStage<Void> close(Duration drainTimeout) {
        runtime.giveUpInstances();
        return upstream.close(Refusal.of(Refusal.Reason.SHUTTING_DOWN, "over"), drainTimeout);
    }

    void change(Project settings) {
        if (!settings.runsLike(upstream.project())) {
            runtime.giveUpInstances();
        }
        upstream.settingsChanged(settings);
    }

    ProjectStatus.State state() {
        return upstream.status().state();
    }

    List<FakeRequest> requests() {
        return List.copyOf(requests);
    }

    /** The requests in the order in which they were let through. */
    List<FakeRequest> grants() {
        return List.copyOf(grants);
    }

    void noteGrant(FakeRequest request) {
        grants.add(request);
    }

    Limits limits() {
        return limits;
    }

    /** Nothing is left of the project: no container, nobody who waits, no timer, no probe. */
    void assertAtRest() {
        assertEquals(List.of(), runtime.left(), "containers");
        assertEquals(0, upstream.status().waiting(), "waiting");
        assertEquals(List.of(), upstream.status().instances(), "instances");
        assertEquals(0, time.pending(), "timers");
        assertEquals(0, runtime.probe().active(), "probes");
        assertEquals(0, prewarms.taken(), "memory for prewarming");
    }

    /** Every request got exactly one end for each time it asked, or left and got at most one. */
    void assertEveryRequestEndedOnce() {
        for (FakeRequest request : requests()) {
            boolean once = request.isCancelled()
                    ? request.ended() >= request.asked() - 1 && request.ended() <= request.asked()
                    : request.ended() == request.asked();
            assertEquals(true, once, "asked " + request.asked() + " times, ended " + request.ended() + " times");
        }
    }

    void assertNoViolation() {
        assertEquals(List.of(), runtime.violations());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertNoViolation();
    }

    static Limits limitsWithLine(int capacity) {
        Limits usual = Limits.DEFAULTS;
        return new Limits(
                usual.idleTimeout(),
                usual.pauseTimeout(),
                usual.waitTimeout(),
                capacity,
                usual.maxWaiting(),
                usual.startTimeout(),
                usual.stopGrace(),
                usual.drainTimeout());
    }

    static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private final class FromRuntime implements ContainerRuntime.Listener {
        @Override
        public void ended(String project, String instanceId) {
            upstream.ended(instanceId);
        }

        @Override
        public void exited(String project, String instanceId, Exit exit) {
            upstream.exited(instanceId, exit);
        }

        @Override
        public void availabilityChanged(Status status) {
            if (!status.available()) {
                runtime.giveUpInstances();
                upstream.runtimeLost();
            }
        }
    }
}
