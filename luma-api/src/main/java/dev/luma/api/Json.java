package dev.luma.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Bytes to JSON trees and back. Strict when reading; when writing, laid out for people who read it with curl. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectWriter WRITER = MAPPER.writer(layout());

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The JSON value that is the whole body; a problem that says where the error is if it is none. */
    static JsonNode parse(byte[] body) {
        JsonNode parsed;
        try {
            parsed = MAPPER.readTree(body);
        } catch (JsonProcessingException wrong) {
            throw syntaxError(wrong.getOriginalMessage() + at(wrong.getLocation()));
        } catch (IOException wrong) {
            throw syntaxError(String.valueOf(wrong.getMessage()));
        }
        if (parsed == null || parsed.isMissingNode()) {
            throw new ProblemException(
                    Problem.of(HttpResponseStatus.BAD_REQUEST, "The body is empty; it must be a JSON object"));
        }
        return parsed;
    }

    /** The value as UTF-8 text that ends with a line feed. */
    static byte[] write(JsonNode value) {
        try {
            byte[] text = WRITER.writeValueAsBytes(value);
            byte[] line = Arrays.copyOf(text, text.length + 1);
            line[text.length] = '\n';
            return line;
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static ProblemException syntaxError(String sentence) {
        return new ProblemException(
                Problem.of(HttpResponseStatus.BAD_REQUEST, "The body is not valid JSON: " + sentence));
    }

    private static String at(JsonLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static DefaultPrettyPrinter layout() {
        Separators separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return new DefaultPrettyPrinter(separators).withObjectIndenter(indenter).withArrayIndenter(indenter);
    }
}
