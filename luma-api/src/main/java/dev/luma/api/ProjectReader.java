package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.HttpGet;
import dev.luma.core.Project;
import dev.luma.core.ProjectRules;
import dev.luma.core.Source;
import dev.luma.core.Waking;
import dev.luma.core.Waking.Sleep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the settings of a project from JSON. Finds everything that is wrong before it complains. */
final class ProjectReader {

    private static final List<String> SETTINGS = List.of(
            "name",
            "hostname",
            "docker_image",
            "upstream",
            "container_port",
            "env_vars",
            "idle_timeout",
            "sleep",
            "pause_timeout",
            "ephemeral",
            "cold_start",
            "prewarm",
            "readiness",
            "max_request_body");
    /** The settings that only a container has. */
    private static final List<String> OF_CONTAINERS = List.of(
            "container_port",
            "env_vars",
            "idle_timeout",
            "sleep",
            "pause_timeout",
            "ephemeral",
            "cold_start",
            "prewarm");

    private static final Set<String> SHOWN_ONLY = Set.of(
            "boots",
            "boot_warning",
            "prewarms",
            "revision",
            "created_at",
            "updated_at",
            "url",
            "state",
            "since",
            "waiting",
            "place_in_line",
            "instances",
            "last_failure");
    private static final int DEFAULT_PORT = 8080;

    private final FieldErrors errors = new FieldErrors();
    private final JsonNode body;
    private final FieldReader fields;

    private ProjectReader(JsonNode body) {
        this.body = body;
        this.fields = new FieldReader(body, errors);
        if (!body.isObject()) {
            errors.add("", "must be a JSON object, such as {\"name\": \"my-app\", \"docker_image\": \"nginx:1.27\"}");
            errors.throwIfAny();
        }
        complainAboutUnknownFields();
    }

    /** The project that a body describes in full. */
    static Project registration(JsonNode body) {
        ProjectReader reader = new ProjectReader(body);
        return reader.project(reader.fields.requiredText("name", "such as \"my-app\""));
    }

    /** The new settings of an existing project; the body may leave out the name, and must not change it. */
    static Project replacement(JsonNode body, String name) {
        ProjectReader reader = new ProjectReader(body);
        if (reader.fields.has("name")) {
            String given = reader.fields.text("name");
            if (given != null && !given.equals(name)) {
                reader.errors.add("name", "must be \"" + name + "\", as in the path: a project cannot be renamed");
            }
        }
        return reader.project(name);
    }

    /** The settings of {@code before} with a merge patch applied to them. */
    static Project patched(Project before, JsonNode patch) {
        ProjectReader reader = new ProjectReader(patch);
        if (patch.path("name").isNull()) {
            reader.errors.add("name", "cannot be removed");
        }
        reader.errors.throwIfAny();
        ObjectNode settings = ProjectJson.settings(before);
        if (patch.hasNonNull("upstream")) {
            settings.remove(OF_CONTAINERS);
            settings.remove("docker_image");
        } else if (patch.hasNonNull("docker_image")) {
            settings.remove("upstream");
        }
        if (patch.has("sleep") && !Sleep.PAUSE.word().equals(patch.path("sleep").asText())) {
            // Without a word about it, a limit of pauses goes with them.
            settings.remove("pause_timeout");
        }
        return replacement(MergePatch.apply(settings, patch), before.name());
    }

    private Project project(@Nullable String name) {
        boolean named = name != null && complain("name", ProjectRules.name(name));
        String hostname = fields.has("hostname") ? hostname() : named ? name + ".localhost" : null;
        Source source = fields.has("upstream") ? external() : container();
        Waking waking = fields.has("upstream") ? Waking.USUAL : new WakingReader(fields, errors).read();
        Optional<HttpGet> readiness =
                fields.has("readiness") ? new ReadinessReader(errors).read(body.path("readiness")) : Optional.empty();
        Optional<Long> maxRequestBody = fields.has("max_request_body") ? maxRequestBody() : Optional.empty();
        errors.throwIfAny();
        if (name == null || hostname == null || source == null) {
            throw new IllegalStateException("a value is missing, and no error says so");
        }
        return Project.draft(name, hostname, source, Optional.empty())
                .withWaking(waking.withReadiness(readiness))
                .withMaxRequestBody(maxRequestBody);
    }

    private @Nullable String hostname() {
        String text = fields.text("hostname");
        if (text == null) {
            return null;
        }
        String hostname = ProjectRules.canonicalHostname(text);
        return complain("hostname", ProjectRules.hostname(hostname)) ? hostname : null;
    }

    private @Nullable Source external() {
        if (fields.has("docker_image")) {
            errors.add(
                    "docker_image",
                    "cannot stand beside upstream: a project is either a container or what runs already");
        }
        for (String field : OF_CONTAINERS) {
            if (fields.has(field)) {
                errors.add(field, ProjectRules.MEANINGLESS_FOR_UPSTREAM);
            }
        }
        String text = fields.text("upstream");
        return text != null && complain("upstream", ProjectRules.upstream(text))
                ? Source.External.parse(text).orElseThrow()
                : null;
    }

    private @Nullable Source container() {
        String image = image();
        Integer port = fields.has("container_port") ? port() : Integer.valueOf(DEFAULT_PORT);
        Map<String, String> env = fields.has("env_vars") ? env() : Map.of();
        if (image == null || port == null || ProjectRules.env(env).isPresent()) {
            return null;
        }
        return new Source.Container(image, port, env);
    }

    private @Nullable String image() {
        String image = fields.requiredText("docker_image", "such as \"nginx:1.27\"");
        return image != null && complain("docker_image", ProjectRules.image(image)) ? image : null;
    }

    private @Nullable Integer port() {
        Integer port = fields.number("container_port", "such as 8080");
        return port != null && complain("container_port", ProjectRules.port(port)) ? port : null;
    }

    private Map<String, String> env() {
        JsonNode value = body.path("env_vars");
        if (!value.isObject()) {
            errors.add("env_vars", "must be an object of strings, such as {\"APP_ENV\": \"production\"}");
            return Map.of();
        }
        Map<String, String> env = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> variable : value.properties()) {
            JsonNode given = variable.getValue();
            if (given.isTextual()) {
                env.put(variable.getKey(), given.textValue());
                errors.check("env_vars", ProjectRules.env(Map.of(variable.getKey(), given.textValue())));
            } else {
                errors.add(
                        "env_vars." + variable.getKey(),
                        given.isNumber() || given.isBoolean()
                                ? "must be a string: put it in quotes, as in \"" + given.asText() + "\""
                                : "must be a string");
            }
        }
        return env;
    }

    private Optional<Long> maxRequestBody() {
        Optional<Long> octets = fields.size("max_request_body");
        octets.ifPresent(size -> errors.check("max_request_body", ProjectRules.maxRequestBody(size)));
        return octets;
    }

    private boolean complain(String field, Optional<String> complaint) {
        errors.check(field, complaint);
        return complaint.isEmpty();
    }

    private void complainAboutUnknownFields() {
        for (Map.Entry<String, JsonNode> entry : body.properties()) {
            String field = entry.getKey();
            if (SHOWN_ONLY.contains(field)) {
                errors.add(field, "is set by Luma; leave it out");
            } else if (!SETTINGS.contains(field)) {
                errors.add(field, "is not a field of a project; those are " + String.join(", ", SETTINGS));
            }
        }
    }
}
