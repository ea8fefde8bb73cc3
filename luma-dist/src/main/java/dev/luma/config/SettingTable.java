package dev.luma.config;

import dev.luma.config.Setting.Standard;
import dev.luma.core.Durations;
import dev.luma.core.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Every setting there is. */
public final class SettingTable {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(365);

    public static final Setting<String> PROXY_HOST = new Setting<>(
            "proxy_host", Kind.host(), Standard.fixed("0.0.0.0"), "Address on which the proxy takes requests");

    public static final Setting<Integer> PROXY_PORT =
            new Setting<>("proxy_port", Kind.port(), Standard.fixed("8080"), "Port on which the proxy takes requests");

    public static final Setting<String> API_HOST = new Setting<>(
            "api_host", Kind.loopbackHost(), Standard.fixed("127.0.0.1"), "Address on which the API listens");

    public static final Setting<Integer> API_PORT =
            new Setting<>("api_port", Kind.port(), Standard.fixed("8081"), "Port on which the API listens");

    static final Setting<String> DOCKER_HOST = new Setting<>(
            "docker_host",
            Kind.dockerHost(),
            new Standard(
                    "$DOCKER_HOST, else unix:///var/run/docker.sock",
                    "unix:///var/run/docker.sock",
                    Surroundings::dockerHost),
            "Where the Docker engine answers");

    static final Setting<Path> STATE_DIR = new Setting<>(
            "state_dir",
            Kind.directory(),
            new Standard(
                    "/var/lib/luma for root, else ~/.local/state/luma", "/var/lib/luma", Surroundings::stateDirectory),
            "Directory in which Luma keeps its projects; one Luma each");

    static final Setting<Duration> INACTIVITY_TIMEOUT = duration(
            "inactivity_timeout",
            Limits.DEFAULTS.idleTimeout(),
            SECOND,
            YEAR,
            "Without a request for this long, a container is put to sleep; a project may have its own");

    static final Setting<Duration> WAIT_TIMEOUT = duration(
            "wait_timeout", Limits.DEFAULTS.waitTimeout(), MOMENT, HOUR, "How long a request waits for a container");

    static final Setting<Integer> LINE_CAPACITY = new Setting<>(
            "line_capacity",
            Kind.count(1, 1_000_000),
            Standard.fixed(Integer.toString(Limits.DEFAULTS.lineCapacity())),
            "How many requests may wait for one project");

    static final Setting<Duration> START_TIMEOUT = duration(
            "start_timeout",
            Limits.DEFAULTS.startTimeout(),
            SECOND,
            HOUR,
            "How long an app may take from its container's start until it answers");

    static final Setting<Duration> STOP_GRACE = duration(
            "stop_grace",
            Limits.DEFAULTS.stopGrace(),
            Duration.ZERO,
            HOUR,
            "How long a container may take to end after SIGTERM before it is killed");

    static final Setting<Duration> DRAIN_TIMEOUT = duration(
            "drain_timeout",
            Limits.DEFAULTS.drainTimeout(),
            Duration.ZERO,
            DAY,
            "How long requests in flight may go on at a container that is replaced or stopped on demand");

    static final Setting<Duration> SHUTDOWN_TIMEOUT = duration(
            "shutdown_timeout",
            Duration.ofSeconds(30),
            Duration.ZERO,
            DAY,
            "How long requests in flight may go on when Luma stops");

    static final Setting<LogLevel> LOG_LEVEL = new Setting<>(
            "log_level",
            Kind.oneOf(LogLevel.class),
            Standard.fixed("info"),
            "How much is logged: error, warn, info, debug or trace");

    private SettingTable() {}

    /** All settings, in the order in which documentation shows them. */
    public static List<Setting<?>> all() {
        return List.of(
                PROXY_HOST,
                PROXY_PORT,
                API_HOST,
                API_PORT,
                DOCKER_HOST,
                STATE_DIR,
                INACTIVITY_TIMEOUT,
                WAIT_TIMEOUT,
                LINE_CAPACITY,
                START_TIMEOUT,
                STOP_GRACE,
                DRAIN_TIMEOUT,
                SHUTDOWN_TIMEOUT,
                LOG_LEVEL);
    }

    private static Setting<Duration> duration(
            String key, Duration standard, Duration least, Duration most, String description) {
        return new Setting<>(key, Kind.duration(least, most), Standard.fixed(Durations.format(standard)), description);
    }
}
