package dev.luma.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Projects;
import dev.luma.core.Refusal;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code /healthz}: whether the process serves. {@code /readyz}: whether it can also wake projects. {@code /doctor}: what a
 * person should know of that.
 */
final class HealthResource {

    private final ContainerRuntime runtime;
    private final Projects projects;

    HealthResource(ContainerRuntime runtime, Projects projects) {
        this.runtime = runtime;
        this.projects = projects;
    }

    void addTo(Router router) {
        Answer alive = Answer.json(HttpResponseStatus.OK, Json.object().put("status", "ok"));
        router.on(HttpMethod.GET, "/healthz", request -> CompletableFuture.completedStage(alive));
        router.on(HttpMethod.GET, "/readyz", this::ready);
        router.on(HttpMethod.GET, "/doctor", this::findings);
    }

    private CompletionStage<Answer> findings(ApiRequest request) {
        ObjectNode json = Json.object();
        ArrayNode findings = json.putArray("findings");
        for (ContainerRuntime.Finding finding : projects.findings()) {
            findings.addObject()
                    .put("subject", finding.subject())
                    .put("fine", finding.fine())
                    .put("sentence", finding.sentence());
        }
        return CompletableFuture.completedStage(Answer.json(HttpResponseStatus.OK, json));
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
