package dev.luma.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;

/** {@code /}: what this is, and where to go from here. */
final class RootResource {

    private final String version;

    RootResource(String version) {
        this.version = version;
    }

    void addTo(Router router) {
        ObjectNode json = Json.object().put("name", "Luma").put("version", version);
        json.putObject("links")
                .put("projects", "/projects")
                .put("project", "/projects/{name}")
                .put("start", "/projects/{name}/start")
                .put("stop", "/projects/{name}/stop")
                .put("healthz", "/healthz")
                .put("readyz", "/readyz");
        Answer answer = Answer.json(HttpResponseStatus.OK, json);
        router.on(HttpMethod.GET, "/", request -> CompletableFuture.completedStage(answer));
    }
}
