package dev.luma.proxy;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.Way;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A runtime without containers: a start leads to the endpoint of a test, at once, later, or never. */
final class FakeRuntime implements ContainerRuntime {

    private final Queue<Endpoint> endpoints = new ConcurrentLinkedQueue<>();
    private final AtomicInteger starts = new AtomicInteger();
    private volatile CompletableFuture<Void> door = CompletableFuture.completedFuture(null);
    private volatile StartFailure failure;
    private volatile boolean dead;
    volatile int startsAtOnce = 100;
    private volatile Endpoint last;
    private volatile Listener listener;

    /** The next starts lead to these, one each; the last one is used again and again. */
    void leadTo(Endpoint... to) {
        endpoints.addAll(List.of(to));
    }

    /** Starts, and what is ready, wait until {@link #open}. */
    void hold() {
        door = new CompletableFuture<>();
    }

    void open() {
        door.complete(null);
    }

    /** Runs when starts do not wait, or not any more. */
    void whenOpen(Runnable then) {
        door.thenRun(then);
    }

    void failWith(StartFailure with) {
        failure = with;
    }

    /** The container of the running instance is dead, which the next check finds out. */
    void die() {
        dead = true;
    }

    int starts() {
        return starts.get();
    }

    @Override
    public CompletionStage<Void> prepare(Project project) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public int startsAtOnce() {
        return startsAtOnce;
    }

    @Override
    public void start(String instanceId, Project project, StartListener events) {
        starts.incrementAndGet();
        events.entered(WakePhase.START);
        door.thenRun(() -> {
            StartFailure failed = failure;
            if (failed != null) {
                events.failed(failed);
                return;
            }
            Endpoint next = endpoints.poll();
            last = next == null ? last : next;
            events.entered(WakePhase.READY);
            events.addressed(last, Way.PLAIN);
        });
    }

    @Override
    public CompletionStage<Void> stop(String instanceId, Duration grace) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> pause(String instanceId) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> resume(String instanceId) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Boolean> check(String instanceId) {
        if (dead) {
            dead = false;
            listener.exited("app", instanceId, new Exit(137, false, List.of()));
        }
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public Status status() {
        return new Status(true, "no engine");
    }

    @Override
    public void listen(Listener to) {
        listener = to;
    }
}
