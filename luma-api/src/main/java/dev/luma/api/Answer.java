package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is sent back: a value, written by the {@link Connection}. */
final class Answer {

    private static final byte[] NOTHING = {};

    private final HttpResponseStatus status;
    private final String contentType;
    private final byte[] body;
    private final Map<String, String> headers;

    private Answer(HttpResponseStatus status, String contentType, byte[] body, Map<String, String> headers) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.headers = headers;
    }

    static Answer json(HttpResponseStatus status, JsonNode value) {
        return new Answer(status, "application/json", Json.write(value), Map.of());
    }

    static Answer problem(HttpResponseStatus status, JsonNode value) {
        return new Answer(status, "application/problem+json", Json.write(value), Map.of());
    }

    static Answer noContent() {
        return new Answer(HttpResponseStatus.NO_CONTENT, "", NOTHING, Map.of());
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, more);
    }

    HttpResponseStatus status() {
        return status;
    }

    /** Empty when there is no body. */
    String contentType() {
        return contentType;
    }

    /** Shared, so it must not be changed. */
    byte[] body() {
        return body;
    }

    /** Those beyond the ones that every answer has. */
    Map<String, String> headers() {
        return headers;
    }
}
