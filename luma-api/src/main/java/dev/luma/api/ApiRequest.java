package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A whole request, as its handler sees it. */
final class ApiRequest {

    private final Map<String, String> parameters;
    private final byte[] body;
    private final CompletableFuture<Void> clientLeft;

    ApiRequest(Map<String, String> parameters, byte[] body, CompletableFuture<Void> clientLeft) {
        this.parameters = parameters;
        this.body = body;
        this.clientLeft = clientLeft;
    }

    /** The project's name in the path. */
    String name() {
        String name = parameters.get("name");
        if (name == null) {
            throw new IllegalStateException("this route has no {name}");
        }
        return name;
    }

    /** The body; a problem when it is not JSON. */
    JsonNode json() {
        return Json.parse(body);
    }

    /** Completed on the event loop when the client goes away before it has its answer. */
    CompletableFuture<Void> clientLeft() {
        return clientLeft;
    }
}
