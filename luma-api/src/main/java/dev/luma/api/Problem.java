package dev.luma.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An error as a problem document (RFC 9457), with two members of our own: {@code errors} names wrong fields, and
 * {@code reason} is a word for programs.
 *
 * @param detail one sentence for a person: what is wrong, and what helps
 * @param reason empty when the status says it all
 * @param headers what the answer carries besides the document
 */
record Problem(
        HttpResponseStatus status, String detail, String reason, List<FieldError> errors, Map<String, String> headers) {

    /**
     * What is wrong with one field.
     *
     * @param field its name in the body, or empty for the body as a whole
     * @param message a sentence without its subject, which is the field
     */
    record FieldError(String field, String message) {
        private String sentence() {
            return (field.isEmpty() ? "the body" : field) + " " + message;
        }
    }

    static Problem of(HttpResponseStatus status, String detail) {
        return new Problem(status, detail, "", List.of(), Map.of());
    }

    static Problem ofFields(HttpResponseStatus status, List<FieldError> errors) {
        String detail = errors.stream().map(FieldError::sentence).collect(Collectors.joining("; "));
        return new Problem(status, detail, "", List.copyOf(errors), Map.of());
    }

    Problem because(String word) {
        return new Problem(status, detail, word, errors, headers);
    }

    Problem with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, detail, reason, errors, more);
    }

    Answer answer() {
        ObjectNode document = Json.object()
                .put("type", "about:blank")
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", detail);
        if (!reason.isEmpty()) {
            document.put("reason", reason);
        }
        if (!errors.isEmpty()) {
            ArrayNode list = document.putArray("errors");
            errors.forEach(error -> list.addObject().put("field", error.field()).put("message", error.message()));
        }
        Answer answer = Answer.problem(status, document);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        return answer;
    }
}
