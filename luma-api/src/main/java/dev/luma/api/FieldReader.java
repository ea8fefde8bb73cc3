package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.luma.core.Durations;
import dev.luma.core.Sizes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON object, each in the form that it has to have; what has another one, the errors then say. What
 * the values may be is for others to know.
 */
final class FieldReader {

    private static final String DURATION_FORM =
            "must be a duration such as \"20s\" or \"5m\", or a whole number of seconds";
    private static final String SIZE_FORM =
            "must be a size such as \"10m\", or a whole number of bytes; 0 for no limit";

    private final JsonNode body;
    private final FieldErrors errors;

    FieldReader(JsonNode body, FieldErrors errors) {
        this.body = body;
        this.errors = errors;
    }

    /** A null counts as nothing, as in a merge patch. */
    boolean has(String field) {
        return body.hasNonNull(field);
    }

    @Nullable
    String requiredText(String field, String example) {
        if (has(field)) {
            return text(field);
        }
        errors.add(field, "is required, " + example);
        return null;
    }

    @Nullable
    String text(String field) {
        JsonNode value = body.path(field);
        if (value.isTextual()) {
            return value.textValue();
        }
        errors.add(field, "must be a string");
        return null;
    }

    /** A text that is one of a few words. */
    <T> Optional<T> word(String field, Function<String, Optional<T>> parser, String complaint) {
        JsonNode value = body.path(field);
        Optional<T> parsed = value.isTextual() ? parser.apply(value.textValue()) : Optional.empty();
        if (parsed.isEmpty()) {
            errors.add(field, complaint);
        }
        return parsed;
    }

    /** A number that is too large is -1. */
    @Nullable
    Integer number(String field, String example) {
        JsonNode value = body.path(field);
        if (!value.isIntegralNumber()) {
            errors.add(field, "must be a whole number without quotes, " + example);
            return null;
        }
        return value.canConvertToInt() ? value.intValue() : -1;
    }

    boolean flag(String field) {
        JsonNode value = body.path(field);
        if (!value.isBoolean()) {
            errors.add(field, "must be true or false, without quotes");
        }
        return value.asBoolean();
    }

    Optional<Duration> duration(String field) {
        JsonNode value = body.path(field);
        Optional<Duration> duration = Optional.empty();
        if (value.isTextual()) {
            duration = Durations.parse(value.textValue());
        } else if (value.isIntegralNumber()) {
            duration = Optional.of(Duration.ofSeconds(value.canConvertToLong() ? value.longValue() : Long.MAX_VALUE));
        }
        if (duration.isEmpty()) {
            errors.add(field, DURATION_FORM);
        }
        return duration;
    }

    Optional<Long> size(String field) {
        JsonNode value = body.path(field);
        Optional<Long> octets = Optional.empty();
        if (value.isTextual()) {
            octets = Sizes.parse(value.textValue());
        } else if (value.isIntegralNumber() && value.canConvertToLong()) {
            octets = Optional.of(value.longValue());
        }
        if (octets.isEmpty()) {
            errors.add(field, SIZE_FORM);
        }
        return octets;
    }
}
