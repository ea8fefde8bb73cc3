package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.luma.core.HttpGet;
import dev.luma.core.ProjectRules;
import java.util.Map;
import java.util.Optional;

/** Reads {@code {"http_get": {"path": "/healthz"}}}. */
final class ReadinessReader {

    private static final String FIELD = "readiness";
    private static final String HTTP_GET = "readiness.http_get";
    private static final String PATH = "readiness.http_get.path";

    private final FieldErrors errors;

    ReadinessReader(FieldErrors errors) {
        this.errors = errors;
    }

    /** Empty if there is none, or something is wrong with it, which the errors then say. */
    Optional<HttpGet> read(JsonNode readiness) {
        if (!isObjectOf(readiness, FIELD, "http_get", "such as {\"http_get\": {\"path\": \"/healthz\"}}")
                || !readiness.hasNonNull("http_get")) {
            return Optional.empty();
        }
        JsonNode get = readiness.path("http_get");
        if (!isObjectOf(get, HTTP_GET, "path", "such as {\"path\": \"/healthz\"}")) {
            return Optional.empty();
        }
        return path(get.path("path"));
    }

    private Optional<HttpGet> path(JsonNode value) {
        if (!value.isTextual()) {
            errors.add(
                    PATH,
                    value.isMissingNode() || value.isNull()
                            ? "is required, such as \"/healthz\""
                            : "must be a string, such as \"/healthz\"");
            return Optional.empty();
        }
        Optional<String> complaint = ProjectRules.readinessPath(value.textValue());
        errors.check(PATH, complaint);
        return complaint.isEmpty() ? Optional.of(new HttpGet(value.textValue())) : Optional.empty();
    }

    private boolean isObjectOf(JsonNode value, String field, String only, String example) {
        if (!value.isObject()) {
            errors.add(field, "must be an object, " + example);
            return false;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            if (!entry.getKey().equals(only)) {
                errors.add(field + "." + entry.getKey(), "is not a field of " + field + "; the only one is " + only);
            }
        }
        return true;
    }
}
