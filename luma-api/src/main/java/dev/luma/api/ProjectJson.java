package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.Boot;
import dev.luma.core.BootHistory;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Durations;
import dev.luma.core.HttpGet;
import dev.luma.core.Prewarms;
import dev.luma.core.Project;
import dev.luma.core.ProjectStatus;
import dev.luma.core.ProjectStatus.InstanceStatus;
import dev.luma.core.Sizes;
import dev.luma.core.SlowerBoot;
import dev.luma.core.Source;
import dev.luma.core.Upstream;
import dev.luma.core.Way;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.TreeMap;

/** Projects as JSON. */
final class ProjectJson {

    private static final DateTimeFormatter MOMENT =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final int proxyPort;

    /** @param proxyPort the port in the addresses of projects */
    ProjectJson(int proxyPort) {
        this.proxyPort = proxyPort;
    }

    /** What the user has set, in the form in which it can be sent back. */
    static ObjectNode settings(Project project) {
        ObjectNode json = Json.object().put("name", project.name()).put("hostname", project.hostname());
        if (project.source() instanceof Source.Container container) {
            json.put("docker_image", container.image()).put("container_port", container.port());
            ObjectNode env = json.putObject("env_vars");
            new TreeMap<>(container.env()).forEach(env::put);
            json.put(
                    "idle_timeout",
                    project.waking().idleTimeout().map(Durations::format).orElse(null));
            json.put("sleep", project.waking().sleep().word());
            json.put(
                    "pause_timeout",
                    project.waking().pauseTimeout().map(Durations::format).orElse(null));
            json.put("ephemeral", project.waking().ephemeral());
            json.put("cold_start", project.waking().coldStart().word());
            json.put("prewarm", project.waking().prewarm());
        } else {
            json.put("upstream", project.source().toString());
        }
        json.set(
                "readiness",
                project.waking().readiness().map(ProjectJson::readiness).orElse(null));
        json.put("max_request_body", project.maxRequestBody().map(Sizes::format).orElse(null));
        return json;
    }

    private static JsonNode readiness(HttpGet get) {
        ObjectNode json = Json.object();
        json.putObject("http_get").put("path", get.path());
        return json;
    }

    /** The project with everything that is known about it. */
    ObjectNode view(Upstream upstream) {
        Project project = upstream.project();
        ProjectStatus status = upstream.status();
        ObjectNode json = settings(project)
                .put("url", url(project))
                .put("state", status.state().word())
                .put("since", moment(status.since()))
                .put("waiting", status.waiting());
        if (status.placeInLine().isPresent()) {
            json.put("place_in_line", status.placeInLine().getAsInt());
        } else {
            json.putNull("place_in_line");
        }
        ArrayNode instances = json.putArray("instances");
        status.instances().forEach(instance -> instances.add(view(instance)));
        json.set("boots", view(status.boots()));
        json.set("boot_warning", status.boots().slower().map(ProjectJson::view).orElse(null));
        json.set("prewarms", status.prewarms().map(ProjectJson::view).orElse(null));
        json.set("last_failure", status.lastFailure().map(ProjectJson::view).orElse(null));
        return json.put("revision", project.revision())
                .put("created_at", moment(project.createdAt()))
                .put("updated_at", moment(project.updatedAt()));
    }

    private static ObjectNode view(InstanceStatus instance) {
        return Json.object()
                .put("id", instance.id())
                .put("address", instance.endpoint().authority())
                .put("started_at", moment(instance.startedAt()))
                .put("in_flight", instance.inFlight())
                .put("last_used", moment(instance.lastUsed()))
                .set("boot", view(instance.boot()));
    }

    private static ObjectNode view(Boot boot) {
        ObjectNode json = Json.object().put("way", boot.way().word()).put("total_ms", millis(boot.total()));
        for (WakePhase phase : WakePhase.values()) {
            if (boot.entered().containsKey(phase)) {
                json.put(phase.word() + "_ms", millis(boot.in(phase)));
            }
        }
        return json;
    }

    private static ObjectNode view(BootHistory history) {
        ObjectNode json = Json.object();
        for (Way way : Way.values()) {
            history.median(way)
                    .ifPresent(median -> json.putObject(way.word())
                            .put("count", history.count(way))
                            .put("median_ms", millis(median)));
        }
        return json;
    }

    private static ObjectNode view(SlowerBoot slower) {
        return Json.object()
                .put("way", slower.way().word())
                .put("median_ms", millis(slower.now()))
                .put("before_ms", millis(slower.before()))
                .put("detail", slower.sentence());
    }

    private static ObjectNode view(Prewarms prewarms) {
        return Json.object()
                .put("hits", prewarms.hits())
                .put("misses", prewarms.misses())
                .put("next", prewarms.next().map(ProjectJson::moment).orElse(null));
    }

    /** With one decimal. */
    private static double millis(Duration duration) {
        return Math.floor(duration.toNanos() / 100_000.0) / 10;
    }

    private static ObjectNode view(StartFailure failure) {
        ObjectNode json = Json.object().put("reason", failure.reason().name()).put("detail", failure.detail());
        ArrayNode lines = json.putArray("last_lines");
        failure.lastLines().forEach(lines::add);
        return json;
    }

    private String url(Project project) {
        return "http://" + project.hostname() + (proxyPort == 80 ? "" : ":" + proxyPort);
    }

    private static String moment(Instant instant) {
        return MOMENT.format(instant);
    }
}
