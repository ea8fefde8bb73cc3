package dev.luma.api;

import dev.luma.core.Admission;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Durations;
import dev.luma.core.Lease;
import dev.luma.core.Projects;
import dev.luma.core.Refusal;
import dev.luma.core.Scheduler;
import dev.luma.core.Upstream;
import dev.luma.core.Waiter;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** {@code /projects/{name}/start} and {@code /stop}: to wake a project and to put it to sleep, and to hear when it is done. */
final class LifecycleResource {

    private final Projects projects;
    private final ContainerRuntime runtime;
    private final ProjectJson json;
    private final Executor workers;
    private final Scheduler timer;
    private final Duration sleepTime;

    /**
     * @param workers where answers are made: the outcome is told on a thread of the domain, which must not be held up
     * @param sleepTime how long a stop is waited for
     */
    LifecycleResource(
            Projects projects,
            ContainerRuntime runtime,
            ProjectJson json,
            Executor workers,
            Scheduler timer,
            Duration sleepTime) {
        this.projects = projects;
        this.runtime = runtime;
        this.json = json;
        this.workers = workers;
        this.timer = timer;
        this.sleepTime = sleepTime;
    }

    void addTo(Router router) {
        router.on(HttpMethod.POST, "/projects/{name}/start", this::start)
                .on(HttpMethod.POST, "/projects/{name}/stop", this::stop);
    }

    /** Waits in the project's line like any request, and gives the lease back as soon as it has it. */
    private CompletionStage<Answer> start(ApiRequest request) {
        Upstream upstream = Outcomes.found(projects, request.name());
        CompletableFuture<Void> started = new CompletableFuture<>();
        Admission admission = upstream.acquire(upstream.waitDeadline(), new Admission.Listener() {
            @Override
            public void granted(Lease lease) {
                lease.release();
                started.complete(null);
            }

            @Override
            public void refused(Refusal refusal) {
                started.completeExceptionally(new ProblemException(Outcomes.problem(refusal)));
            }
        });
        if (admission instanceof Lease lease) {
            lease.release();
            started.complete(null);
        } else if (admission instanceof Refusal refusal) {
            started.completeExceptionally(new ProblemException(Outcomes.problem(refusal)));
        } else if (admission instanceof Waiter waiter) {
            request.clientLeft().thenRun(() -> {
                waiter.cancel();
                started.cancel(false);
            });
        }
        return started.thenApplyAsync(done -> view(upstream), workers);
    }

    /** Goes on if the client leaves; nothing waits then. */
    private CompletionStage<Answer> stop(ApiRequest request) {
        Upstream upstream = Outcomes.found(projects, request.name());
        if (upstream.project().isExternal()) {
            throw new ProblemException(Problem.of(
                    HttpResponseStatus.CONFLICT,
                    request.name()
                            + " is an upstream that Luma does not run, so it cannot be stopped; luma rm or DELETE /projects/"
                            + request.name() + " forgets it"));
        }
        CompletableFuture<Void> asleep = new CompletableFuture<>();
        Scheduler.Cancellable limit = timer.schedule(
                () -> asleep.completeExceptionally(new ProblemException(stillAwake(upstream))), sleepTime);
        request.clientLeft().thenRun(() -> asleep.cancel(false));
        upstream.sleep().thenRun(() -> asleep.complete(null));
        return asleep.whenComplete((done, error) -> limit.cancel()).thenApplyAsync(done -> view(upstream), workers);
    }

    private Problem stillAwake(Upstream upstream) {
        ContainerRuntime.Status engine = runtime.status();
        String name = upstream.project().name();
        return engine.available()
                ? Problem.of(
                                HttpResponseStatus.GATEWAY_TIMEOUT,
                                name + " does not sleep after " + Durations.format(sleepTime)
                                        + "; new requests may have woken it again")
                        .because("STOP_TIMEOUT")
                : Problem.of(
                                HttpResponseStatus.SERVICE_UNAVAILABLE,
                                name + " is stopped as soon as the engine answers: " + engine.description())
                        .because(Refusal.Reason.RUNTIME_DOWN.name());
    }

    private Answer view(Upstream upstream) {
        return Answer.json(HttpResponseStatus.OK, json.view(upstream));
    }
}
