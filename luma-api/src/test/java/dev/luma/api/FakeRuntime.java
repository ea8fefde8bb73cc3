package dev.luma.api;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.ReadinessProbe;
import dev.luma.core.Refusal;
import dev.luma.core.Scheduler;
import dev.luma.core.Way;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine, and apps in it, that do what a test tells them to. By itself everything works at once. */
final class FakeRuntime implements ContainerRuntime, ReadinessProbe {

    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger stops = new AtomicInteger();
    volatile Status status = new Status(true, "Docker 20.10.24 (API 1.41)");
    volatile Optional<StartFailure> startFails = Optional.empty();
    volatile Runnable onStart = () -> {};
    volatile boolean appsAnswer = true;
    volatile CompletableFuture<Void> stopped = CompletableFuture.completedFuture(null);

    static StartFailure failure(String detail, String... lastLines) {
        return new StartFailure(Refusal.Reason.START_FAILED, detail, List.of(lastLines));
    }

    @Override
    public CompletionStage<Void> prepare(Project project) {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void start(String instanceId, Project project, StartListener listener) {
        starts.incrementAndGet();
        listener.entered(WakePhase.START);
        onStart.run();
        startFails.ifPresentOrElse(listener::failed, () -> {
            listener.entered(WakePhase.READY);
            listener.addressed(new Endpoint("172.17.0.3", project.source().port(), Endpoint.Reach.DIRECT), Way.SANDBOX);
        });
    }

    @Override
    public CompletionStage<Void> stop(String instanceId, Duration grace) {
        stops.incrementAndGet();
        return stopped;
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
        return CompletableFuture.completedStage(true);
    }

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public Status status() {
        return status;
    }

    @Override
    public void listen(ContainerRuntime.Listener listener) {
        // Nothing happens here by itself.
    }

    @Override
    public Scheduler.Cancellable await(Target target, ReadinessProbe.Listener listener) {
        if (appsAnswer) {
            listener.ready();
        }
        return Scheduler.Cancellable.NONE;
    }
}
