package dev.luma.api;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Refusal;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code /healthz}: whether the process serves. {@code /readyz}: whether it can also wake projects. */
final class HealthResource {

    private final ContainerRuntime runtime;

    HealthResource(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    void addTo(Router router) {
        Answer alive = Answer.json(HttpResponseStatus.OK, Json.object().put("status", "ok"));
        router.on(HttpMethod.GET, "/healthz", request -> CompletableFuture.completedStage(alive));
        router.on(HttpMethod.GET, "/readyz", this::ready);
    }

    private CompletionStage<Answer> ready(ApiRequest request) {
        ContainerRuntime.Status status = runtime.status();
        return CompletableFuture.completedStage(
                status.available()
                        ? Answer.json(
                                HttpResponseStatus.OK,
                                Json.object().put("status", "ready").put("engine", status.description()))
                        : Problem.of(HttpResponseStatus.SERVICE_UNAVAILABLE, status.description())
                                .because(Refusal.Reason.RUNTIME_DOWN.name())
                                .answer());
    }
}
