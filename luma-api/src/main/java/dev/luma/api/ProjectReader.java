package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.Durations;
import dev.luma.core.HttpGet;
import dev.luma.core.Project;
import dev.luma.core.ProjectRules;
import dev.luma.core.Sizes;
import dev.luma.core.Source;
import dev.luma.core.Waking;
import dev.luma.core.Waking.ColdStart;
import dev.luma.core.Waking.Sleep;
import java.time.Duration;
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
    private static final String DURATION_FORM =
            "must be a duration such as \"20s\" or \"5m\", or a whole number of seconds";
    private static final String SIZE_FORM =
            "must be a size such as \"10m\", or a whole number of bytes; 0 for no limit";

    private final FieldErrors errors = new FieldErrors();
    private final JsonNode body;

    private ProjectReader(JsonNode body) {
        this.body = body;
        if (!body.isObject()) {
            errors.add("", "must be a JSON object, such as {\"name\": \"my-app\", \"docker_image\": \"nginx:1.27\"}");
            errors.throwIfAny();
        }
        complainAboutUnknownFields();
    }

    /** The project that a body describes in full. */
    static Project registration(JsonNode body) {
        ProjectReader reader = new ProjectReader(body);
        return reader.project(reader.requiredText("name", "such as \"my-app\""));
    }

    /** The new settings of an existing project; the body may leave out the name, and must not change it. */
    static Project replacement(JsonNode body, String name) {
        ProjectReader reader = new ProjectReader(body);
        if (reader.has("name")) {
            String given = reader.text("name");
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
        String hostname = has("hostname") ? hostname() : named ? name + ".localhost" : null;
        Source source = has("upstream") ? external() : container();
        Waking waking = has("upstream") ? Waking.USUAL : sleeping();
        Optional<HttpGet> readiness =
                has("readiness") ? new ReadinessReader(errors).read(body.path("readiness")) : Optional.empty();
        Optional<Long> maxRequestBody = has("max_request_body") ? maxRequestBody() : Optional.empty();
        errors.throwIfAny();
        if (name == null || hostname == null || source == null) {
            throw new IllegalStateException("a value is missing, and no error says so");
        }
        return Project.draft(name, hostname, source, Optional.empty())
                .withWaking(waking.withReadiness(readiness))
                .withMaxRequestBody(maxRequestBody);
    }

    private @Nullable String hostname() {
        String text = text("hostname");
        if (text == null) {
            return null;
        }
        String hostname = ProjectRules.canonicalHostname(text);
        return complain("hostname", ProjectRules.hostname(hostname)) ? hostname : null;
    }

    private @Nullable Source external() {
        if (has("docker_image")) {
            errors.add(
                    "docker_image",
                    "cannot stand beside upstream: a project is either a container or what runs already");
        }
        for (String field : OF_CONTAINERS) {
            if (has(field)) {
                errors.add(field, ProjectRules.MEANINGLESS_FOR_UPSTREAM);
            }
        }
        String text = text("upstream");
        return text != null && complain("upstream", ProjectRules.upstream(text))
                ? Source.External.parse(text).orElseThrow()
                : null;
    }

    private @Nullable Source container() {
        String image = image();
        Integer port = has("container_port") ? port() : Integer.valueOf(DEFAULT_PORT);
        Map<String, String> env = has("env_vars") ? env() : Map.of();
        if (image == null || port == null || ProjectRules.env(env).isPresent()) {
            return null;
        }
        return new Source.Container(image, port, env);
    }

    private @Nullable String image() {
        String image = requiredText("docker_image", "such as \"nginx:1.27\"");
        return image != null && complain("docker_image", ProjectRules.image(image)) ? image : null;
    }

    private @Nullable Integer port() {
        JsonNode value = body.path("container_port");
        if (!value.isIntegralNumber()) {
            errors.add("container_port", "must be a whole number without quotes, such as 8080");
            return null;
        }
        int port = value.canConvertToInt() ? value.intValue() : -1;
        return complain("container_port", ProjectRules.port(port)) ? Integer.valueOf(port) : null;
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

    private Waking sleeping() {
        Optional<Duration> idleTimeout = has("idle_timeout") ? duration("idle_timeout") : Optional.empty();
        Sleep sleep = has("sleep") ? sleep() : Sleep.STOP;
        Optional<Duration> pauseTimeout = Optional.empty();
        if (has("pause_timeout") && sleep == Sleep.PAUSE) {
            pauseTimeout = duration("pause_timeout");
        } else if (has("pause_timeout")) {
            errors.add("pause_timeout", ProjectRules.MEANINGLESS_WITHOUT_PAUSE);
        }
        boolean ephemeral = has("ephemeral") && flag("ephemeral");
        ColdStart coldStart = has("cold_start") ? coldStart() : ColdStart.WAIT;
        boolean prewarm = has("prewarm") && flag("prewarm");
        return errors.isEmpty()
                ? Waking.USUAL
                        .withIdleTimeout(idleTimeout)
                        .withSleep(sleep, pauseTimeout)
                        .withEphemeral(ephemeral)
                        .withColdStart(coldStart)
                        .withPrewarm(prewarm)
                : Waking.USUAL;
    }

    private Sleep sleep() {
        JsonNode value = body.path("sleep");
        Optional<Sleep> sleep = value.isTextual() ? Sleep.parse(value.textValue()) : Optional.empty();
        if (sleep.isEmpty()) {
            errors.add("sleep", "must be \"stop\" or \"pause\"");
        }
        return sleep.orElse(Sleep.PAUSE);
    }

    private boolean flag(String field) {
        JsonNode value = body.path(field);
        if (!value.isBoolean()) {
            errors.add(field, "must be true or false, without quotes");
        }
        return value.asBoolean();
    }

    private ColdStart coldStart() {
        JsonNode value = body.path("cold_start");
        Optional<ColdStart> coldStart = value.isTextual() ? ColdStart.parse(value.textValue()) : Optional.empty();
        if (coldStart.isEmpty()) {
            errors.add("cold_start", "must be \"wait\" or \"page\"");
        }
        return coldStart.orElse(ColdStart.WAIT);
    }

    private Optional<Duration> duration(String field) {
        JsonNode value = body.path(field);
        Optional<Duration> duration = Optional.empty();
        if (value.isTextual()) {
            duration = Durations.parse(value.textValue());
        } else if (value.isIntegralNumber()) {
            duration = Optional.of(Duration.ofSeconds(value.canConvertToLong() ? value.longValue() : Long.MAX_VALUE));
        }
        if (duration.isEmpty()) {
            errors.add(field, DURATION_FORM);
        } else {
            errors.check(field, ProjectRules.idleTimeout(duration.get()));
        }
        return duration;
    }

    private Optional<Long> maxRequestBody() {
        JsonNode value = body.path("max_request_body");
        Optional<Long> octets = Optional.empty();
        if (value.isTextual()) {
            octets = Sizes.parse(value.textValue());
        } else if (value.isIntegralNumber() && value.canConvertToLong()) {
            octets = Optional.of(value.longValue());
        }
        if (octets.isEmpty()) {
            errors.add("max_request_body", SIZE_FORM);
        } else {
            errors.check("max_request_body", ProjectRules.maxRequestBody(octets.get()));
        }
        return octets;
    }

    private @Nullable String requiredText(String field, String example) {
        if (has(field)) {
            return text(field);
        }
        errors.add(field, "is required, " + example);
        return null;
    }

    private @Nullable String text(String field) {
        JsonNode value = body.path(field);
        if (value.isTextual()) {
            return value.textValue();
        }
        errors.add(field, "must be a string");
        return null;
    }

    /** A null counts as nothing, as in a merge patch. */
    private boolean has(String field) {
        return body.hasNonNull(field);
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
