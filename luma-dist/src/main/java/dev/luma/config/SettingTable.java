package dev.luma.config;

import dev.luma.config.Setting.Standard;
import dev.luma.core.Cidr;
import dev.luma.core.Durations;
import dev.luma.core.Limits;
import dev.luma.core.MemoryReserve;
import dev.luma.core.Sizes;
import dev.luma.docker.DockerSettings;
import dev.luma.proxy.ProxySettings.Bounds;
import dev.luma.proxy.ProxySettings.Connections;
import dev.luma.proxy.ProxySettings.Timeouts;
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
    private static final long LARGEST_BODY = 1L << 50;

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

    static final Setting<Integer> SANDBOXES = new Setting<>(
            "sandboxes",
            Kind.count(0, 100),
            Standard.fixed("2"),
            "How many networks wait for a container, so that a wake need not make one; 0 for none");

    static final Setting<Integer> KEPT_CONTAINERS = new Setting<>(
            "kept_containers",
            Kind.count(0, 1_000),
            Standard.fixed(Integer.toString(DockerSettings.Keep.DEFAULTS.count())),
            "How many stopped containers of sleeping projects are kept, so that a wake only has to start one; 0 for none");

    static final Setting<Duration> KEPT_TIMEOUT = duration(
            "kept_timeout",
            DockerSettings.Keep.DEFAULTS.age(),
            SECOND,
            YEAR,
            "How long a container is kept in all; the least recently used go before");

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

    static final Setting<Duration> PAUSE_TIMEOUT = duration(
            "pause_timeout",
            Limits.DEFAULTS.pauseTimeout(),
            SECOND,
            YEAR,
            "How long a container may be paused before it is stopped; a project may have its own");

    static final Setting<MemoryReserve> MEMORY_RESERVE = new Setting<>(
            "memory_reserve",
            Kind.memoryReserve(),
            Standard.fixed(Limits.DEFAULTS.memoryReserve().format()),
            "With less memory than this available on the machine, the longest paused are stopped; a size or a share, 0 for"
                    + " never");

    static final Setting<Duration> WAIT_TIMEOUT = duration(
            "wait_timeout", Limits.DEFAULTS.waitTimeout(), MOMENT, HOUR, "How long a request waits for a container");

    static final Setting<Integer> LINE_CAPACITY = new Setting<>(
            "line_capacity",
            Kind.count(1, 1_000_000),
            Standard.fixed(Integer.toString(Limits.DEFAULTS.lineCapacity())),
            "How many requests may wait for one project");

    static final Setting<Integer> MAX_WAITING = new Setting<>(
            "max_waiting",
            Kind.count(1, 1_000_000),
            Standard.fixed(Integer.toString(Limits.DEFAULTS.maxWaiting())),
            "How many requests may wait for all projects together");

    static final Setting<Integer> STARTS_AT_ONCE = new Setting<>(
            "starts_at_once",
            Kind.count(0, 1_000),
            Standard.fixed(Integer.toString(Limits.DEFAULTS.startsAtOnce())),
            "How many containers may be started at the same time, the others in line; 0 for as many as suit the engine");

    static final Setting<Long> PREWARM_MEMORY = new Setting<>(
            "prewarm_memory",
            Kind.largeSize(0, LARGEST_BODY),
            Standard.fixed(Sizes.format(Limits.DEFAULTS.prewarmMemory())),
            "How much memory may be in use by containers woken ahead of their requests, each counted as 128m; 0 for none");

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

    static final Setting<Duration> REQUEST_HEAD_TIMEOUT = duration(
            "request_head_timeout",
            Timeouts.DEFAULTS.head(),
            SECOND,
            HOUR,
            "How long a client may take to send a request's head, once it began");

    static final Setting<Duration> REQUEST_BODY_TIMEOUT = duration(
            "request_body_timeout",
            Timeouts.DEFAULTS.body(),
            SECOND,
            DAY,
            "How long is waited for the next part of a request's body");

    static final Setting<Duration> CONNECT_TIMEOUT = duration(
            "connect_timeout", Timeouts.DEFAULTS.connect(), MOMENT, HOUR, "How long a connection to an app may take");

    static final Setting<Duration> FIRST_BYTE_TIMEOUT = duration(
            "first_byte_timeout",
            Timeouts.DEFAULTS.firstByte(),
            SECOND,
            DAY,
            "How long an app may take from the request to the first byte of its answer");

    static final Setting<Duration> RESPONSE_TIMEOUT = duration(
            "response_timeout",
            Timeouts.DEFAULTS.response(),
            SECOND,
            YEAR,
            "How long an answer may pause, on the side of the app or of the client");

    static final Setting<Duration> REQUEST_TIMEOUT = duration(
            "request_timeout",
            Timeouts.DEFAULTS.request(),
            Duration.ZERO,
            YEAR,
            "How long a request may take in all, its wait and its answer included; 0 for no limit");

    static final Setting<Duration> TUNNEL_TIMEOUT = duration(
            "tunnel_timeout",
            Timeouts.DEFAULTS.tunnel(),
            SECOND,
            YEAR,
            "How long a WebSocket or other tunnel may be silent on both sides");

    static final Setting<Duration> KEEP_ALIVE_TIMEOUT = duration(
            "keep_alive_timeout",
            Timeouts.DEFAULTS.keepAlive(),
            SECOND,
            DAY,
            "How long a client's connection is kept without a request");

    static final Setting<Duration> UPSTREAM_KEEP_ALIVE_TIMEOUT = duration(
            "upstream_keep_alive_timeout",
            Timeouts.DEFAULTS.upstreamIdle(),
            Duration.ZERO,
            DAY,
            "How long a connection to an app is kept without a request; less than the app keeps it");

    static final Setting<Duration> LINGER_TIMEOUT = duration(
            "linger_timeout",
            Timeouts.DEFAULTS.linger(),
            MOMENT,
            HOUR,
            "How long a client that still sends is listened to after its last answer");

    static final Setting<Integer> MAX_HEAD = size(
            "max_head",
            Bounds.DEFAULTS.head(),
            1_024,
            1_048_576,
            "The largest head that a request (431) or an answer may have");

    static final Setting<Integer> MAX_REQUEST_LINE = size(
            "max_request_line",
            Bounds.DEFAULTS.requestLine(),
            256,
            1_048_576,
            "The longest request line (414); never more than max_head");

    static final Setting<Integer> MAX_REQUESTS_PER_CONNECTION = new Setting<>(
            "max_requests_per_connection",
            Kind.count(0, Integer.MAX_VALUE),
            Standard.fixed(Integer.toString(Bounds.DEFAULTS.requestsPerConnection())),
            "After how many requests a client's connection is closed; 0 for no limit");

    static final Setting<Long> MAX_REQUEST_BODY = new Setting<>(
            "max_request_body",
            Kind.largeSize(0, LARGEST_BODY),
            Standard.fixed(Sizes.format(Bounds.DEFAULTS.requestBody())),
            "The largest body that a request may have (413); 0 for no limit; a project may have its own");

    static final Setting<Integer> MAX_CONNECTIONS = new Setting<>(
            "max_connections",
            Kind.count(1, 1_000_000),
            Standard.fixed(Integer.toString(Connections.DEFAULTS.most())),
            "How many connections of clients may be open; fewer where the process may not open twice as many files");

    static final Setting<Integer> MAX_CONNECTIONS_PER_ADDRESS = new Setting<>(
            "max_connections_per_address",
            Kind.count(0, 1_000_000),
            Standard.fixed(Integer.toString(Connections.DEFAULTS.perAddress())),
            "How many of them may come from one address, or one /64 of IPv6; 0 for no limit");

    static final Setting<List<Cidr>> ALLOWED_UPSTREAMS = new Setting<>(
            "allowed_upstreams",
            Kind.cidrs(),
            Standard.fixed("none"),
            "Addresses and ranges to which a project's upstream may lead, such as 127.0.0.0/8, 192.168.1.20");

    static final Setting<List<Cidr>> TRUSTED_PROXIES = new Setting<>(
            "trusted_proxies",
            Kind.cidrs(),
            Standard.fixed("none"),
            "Addresses and ranges of the proxies in front of Luma, whose X-Forwarded-* are believed, such as 10.0.0.0/8, 192.0.2.7");

    static final Setting<Boolean> PROXY_PROTOCOL = new Setting<>(
            "proxy_protocol",
            Kind.onOff(),
            Standard.fixed("off"),
            "Whether each connection of trusted_proxies begins with a header of the PROXY protocol, version 1 or 2");

    static final Setting<EventLoopChoice> EVENT_LOOP = new Setting<>(
            "event_loop",
            Kind.oneOf(EventLoopChoice.class),
            Standard.fixed("auto"),
            "How sockets are waited for: auto (epoll, or nio where there is none), epoll, io_uring or nio");

    static final Setting<LogLevel> LOG_LEVEL = new Setting<>(
            "log_level",
            Kind.oneOf(LogLevel.class),
            Standard.fixed("info"),
            "How much is logged: error, warn, info, debug or trace");

    static final Setting<AccessLogFormat> ACCESS_LOG = new Setting<>(
            "access_log",
            Kind.oneOf(AccessLogFormat.class),
            Standard.fixed("off"),
            "How requests are logged, a line each: off, common or json");

    public static final Setting<String> ACCESS_LOG_PATH = new Setting<>(
            "access_log_path",
            Kind.output(),
            Standard.fixed("-"),
            "File to which these lines are appended; - for standard output");

    private SettingTable() {}

    /** All settings, in the order in which documentation shows them. */
    public static List<Setting<?>> all() {
        return List.of(
                PROXY_HOST,
                PROXY_PORT,
                API_HOST,
                API_PORT,
                DOCKER_HOST,
                SANDBOXES,
                KEPT_CONTAINERS,
                KEPT_TIMEOUT,
                STATE_DIR,
                INACTIVITY_TIMEOUT,
                PAUSE_TIMEOUT,
                MEMORY_RESERVE,
                WAIT_TIMEOUT,
                LINE_CAPACITY,
                MAX_WAITING,
                STARTS_AT_ONCE,
                PREWARM_MEMORY,
                START_TIMEOUT,
                STOP_GRACE,
                DRAIN_TIMEOUT,
                SHUTDOWN_TIMEOUT,
                REQUEST_HEAD_TIMEOUT,
                REQUEST_BODY_TIMEOUT,
                CONNECT_TIMEOUT,
                FIRST_BYTE_TIMEOUT,
                RESPONSE_TIMEOUT,
                REQUEST_TIMEOUT,
                TUNNEL_TIMEOUT,
                KEEP_ALIVE_TIMEOUT,
                UPSTREAM_KEEP_ALIVE_TIMEOUT,
                LINGER_TIMEOUT,
                MAX_HEAD,
                MAX_REQUEST_LINE,
                MAX_REQUESTS_PER_CONNECTION,
                MAX_REQUEST_BODY,
                MAX_CONNECTIONS,
                MAX_CONNECTIONS_PER_ADDRESS,
                ALLOWED_UPSTREAMS,
                TRUSTED_PROXIES,
                PROXY_PROTOCOL,
                EVENT_LOOP,
                LOG_LEVEL,
                ACCESS_LOG,
                ACCESS_LOG_PATH);
    }

    private static Setting<Duration> duration(
            String key, Duration standard, Duration least, Duration most, String description) {
        return new Setting<>(key, Kind.duration(least, most), Standard.fixed(Durations.format(standard)), description);
    }

    private static Setting<Integer> size(String key, int standard, int least, int most, String description) {
        return new Setting<>(key, Kind.size(least, most), Standard.fixed(Sizes.format(standard)), description);
    }
}
