package dev.luma.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.luma.core.Durations;
import dev.luma.core.HttpGet;
import dev.luma.core.Project;
import dev.luma.core.Sizes;
import dev.luma.core.Source;
import dev.luma.core.Waking;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A project as the JSON text that is kept on disk. Streaming, so that many are read quickly. */
final class ProjectJson {

    /** Raised when the meaning of what is there changes; a file of a later format is not read. */
    private static final int FORMAT = 1;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ProjectJson() {}

    static byte[] write(Project project) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("name", project.name());
            json.writeStringField("hostname", project.hostname());
            write(json, project.source());
            write(json, project.waking());
            if (project.maxRequestBody().isPresent()) {
                json.writeStringField(
                        "max_request_body",
                        Sizes.format(project.maxRequestBody().get()));
            }
            json.writeNumberField("revision", project.revision());
            json.writeStringField("created_at", project.createdAt().toString());
            json.writeStringField("updated_at", project.updatedAt().toString());
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, Waking waking) throws IOException {
        if (waking.idleTimeout().isPresent()) {
            json.writeStringField(
                    "idle_timeout", Durations.format(waking.idleTimeout().get()));
        }
        if (waking.sleep() != Waking.Sleep.STOP) {
            json.writeStringField("sleep", waking.sleep().word());
        }
        if (waking.pauseTimeout().isPresent()) {
            json.writeStringField(
                    "pause_timeout", Durations.format(waking.pauseTimeout().get()));
        }
        if (waking.ephemeral()) {
            json.writeBooleanField("ephemeral", true);
        }
        if (waking.coldStart() != Waking.ColdStart.WAIT) {
            json.writeStringField("cold_start", waking.coldStart().word());
        }
        if (waking.prewarm()) {
            json.writeBooleanField("prewarm", true);
        }
        if (waking.readiness().isPresent()) {
            json.writeObjectFieldStart("readiness");
            json.writeObjectFieldStart("http_get");
            json.writeStringField("path", waking.readiness().get().path());
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, Source source) throws IOException {
        if (source instanceof Source.Container container) {
            json.writeStringField("docker_image", container.image());
            json.writeNumberField("container_port", container.port());
            json.writeObjectFieldStart("env_vars");
            for (Map.Entry<String, String> variable : new TreeMap<>(container.env()).entrySet()) {
                json.writeStringField(variable.getKey(), variable.getValue());
            }
            json.writeEndObject();
        } else {
            json.writeStringField("upstream", source.toString());
        }
    }

    /** The project of the text, or an exception whose message is a sentence about what is wrong with it. */
    static Project read(byte[] text) throws IOException {
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is not a JSON object");
            }
            Fields fields = new Fields();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                fields.read(json.currentName(), json);
            }
            if (json.nextToken() != null) {
                throw new IOException("there is more than one value in it");
            }
            return fields.project();
        } catch (JsonProcessingException broken) {
            throw new IOException(
                    "it is not JSON (line " + broken.getLocation().getLineNr() + ": " + broken.getOriginalMessage()
                            + ")",
                    broken);
        } catch (IllegalArgumentException wrong) {
            throw new IOException(wrong.getMessage(), wrong);
        }
    }

    /** What has been read of one file so far. */
    private static final class Fields {
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
                    require(!name.equals("format") || json.getIntValue() == FORMAT, name, "is of a later Luma");
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
                    .asRevision(
                            present("revision", numbers.get("revision")), instant("created_at"), instant("updated_at"));
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
}
