package dev.luma.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.luma.core.Durations;
import dev.luma.core.HttpGet;
import dev.luma.core.Project;
import dev.luma.core.Sizes;
import dev.luma.core.Source;
import dev.luma.core.Waking;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has been read of one project on disk so far, and the project that it makes when that was all. */
final class ProjectFields {
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Boolean> flags = new HashMap<>();
    private final Map<String, String> env = new HashMap<>();

    void read(String name, JsonParser json) throws IOException {
        JsonToken value = json.nextToken();
        switch (name) {
            case "format", "container_port", "revision" -> {
                require(value == JsonToken.VALUE_NUMBER_INT, name, "is not a number");
                numbers.put(name, json.getIntValue());
                require(!name.equals("format") || json.getIntValue() == ProjectJson.FORMAT, name, "is of a later Luma");
            }
            case "name",
                    "hostname",
                    "docker_image",
                    "upstream",
                    "idle_timeout",
                    "sleep",
                    "pause_timeout",
                    "cold_start",
                    "max_request_body",
                    "created_at",
                    "updated_at" -> {
                require(value == JsonToken.VALUE_STRING, name, "is not a text");
                texts.put(name, json.getText());
            }
            case "ephemeral", "prewarm" -> {
                require(value.isBoolean(), name, "is neither true nor false");
                flags.put(name, json.getBooleanValue());
            }
            case "env_vars" -> {
                require(value == JsonToken.START_OBJECT, name, "is not an object");
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String variable = json.currentName();
                    require(json.nextToken() == JsonToken.VALUE_STRING, name, "has a value that is not a text");
                    env.put(variable, json.getText());
                }
            }
            case "readiness" -> {
                enter(json, value, name, "http_get");
                enter(json, json.nextToken(), name, "path");
                require(json.nextToken() == JsonToken.VALUE_STRING, name, "has a path that is not a text");
                texts.put(name, json.getText());
                leave(json, name);
                leave(json, name);
            }
            default -> throw new IOException("it has a field \"" + name + "\" that this Luma does not know");
        }
    }

    private static void enter(JsonParser json, JsonToken value, String name, String field) throws IOException {
        boolean fine = value == JsonToken.START_OBJECT
                && json.nextToken() == JsonToken.FIELD_NAME
                && json.currentName().equals(field);
        require(fine, name, "is not an object with http_get and its path");
    }

    private static void leave(JsonParser json, String name) throws IOException {
        require(json.nextToken() == JsonToken.END_OBJECT, name, "has more than http_get and its path");
    }

    Project project() throws IOException {
        return Project.draft(
                        present("name", texts.get("name")),
                        present("hostname", texts.get("hostname")),
                        source(),
                        Optional.empty())
                .withWaking(new Waking(
                        duration("idle_timeout"),
                        readiness(),
                        sleep(),
                        duration("pause_timeout"),
                        flags.getOrDefault("ephemeral", false),
                        coldStart(),
                        flags.getOrDefault("prewarm", false)))
                .withMaxRequestBody(maxRequestBody())
                .asRevision(present("revision", numbers.get("revision")), instant("created_at"), instant("updated_at"));
    }

    private Optional<HttpGet> readiness() {
        return Optional.ofNullable(texts.get("readiness")).map(HttpGet::new);
    }

    private Source source() throws IOException {
        String upstream = texts.get("upstream");
        if (upstream == null) {
            return new Source.Container(
                    present("docker_image", texts.get("docker_image")),
                    present("container_port", numbers.get("container_port")),
                    env);
        }
        require(!texts.containsKey("docker_image"), "upstream", "stands beside docker_image");
        Optional<Source.External> external = Source.External.parse(upstream);
        require(external.isPresent(), "upstream", "is not a host and a port");
        return external.orElseThrow();
    }

    private Waking.Sleep sleep() throws IOException {
        String text = texts.get("sleep");
        Optional<Waking.Sleep> sleep = text == null ? Optional.of(Waking.Sleep.STOP) : Waking.Sleep.parse(text);
        require(sleep.isPresent(), "sleep", "is neither stop nor pause");
        return sleep.orElseThrow();
    }

    private Waking.ColdStart coldStart() throws IOException {
        String text = texts.get("cold_start");
        Optional<Waking.ColdStart> coldStart =
                text == null ? Optional.of(Waking.ColdStart.WAIT) : Waking.ColdStart.parse(text);
        require(coldStart.isPresent(), "cold_start", "is neither wait nor page");
        return coldStart.orElseThrow();
    }

    private Optional<Duration> duration(String name) throws IOException {
        String text = texts.get(name);
        if (text == null) {
            return Optional.empty();
        }
        Optional<Duration> duration = Durations.parse(text);
        require(duration.isPresent(), name, "is not a duration");
        return duration;
    }

    private Optional<Long> maxRequestBody() throws IOException {
        String text = texts.get("max_request_body");
        if (text == null) {
            return Optional.empty();
        }
        Optional<Long> octets = Sizes.parse(text);
        require(octets.isPresent(), "max_request_body", "is not a size");
        return octets;
    }

    private Instant instant(String name) throws IOException {
        try {
            return Instant.parse(present(name, texts.get(name)));
        } catch (DateTimeParseException notADate) {
            throw new IOException(name + " is not a date such as 2026-01-31T12:00:00Z", notADate);
        }
    }

    private static <T> T present(String name, @Nullable T value) throws IOException {
        if (value == null) {
            throw new IOException("the field " + name + " is missing");
        }
        return value;
    }

    private static void require(boolean fine, String name, String complaint) throws IOException {
        if (!fine) {
            throw new IOException(name + " " + complaint);
        }
    }
}
