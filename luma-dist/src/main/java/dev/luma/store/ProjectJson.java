package dev.luma.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.luma.core.Durations;
import dev.luma.core.Project;
import dev.luma.core.Sizes;
import dev.luma.core.Source;
import dev.luma.core.Waking;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** A project as the JSON text that is kept on disk. Streaming, so that many are read quickly. */
final class ProjectJson {

    /** Raised when the meaning of what is there changes; a file of a later format is not read. */
    static final int FORMAT = 1;

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
            ProjectFields fields = new ProjectFields();
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
}
