package dev.luma.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The engine of a rehearsal: speaks as much of Docker's API as a wake and a stop need, and runs nothing. Each of its
 * containers has the address 127.0.0.1, where the app of the rehearsal listens already.
 */
final class RehearsalEngine implements AutoCloseable {

    private static final String VERSION = """
            {"Version": "27.0.0", "ApiVersion": "1.44", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64",
             "KernelVersion": "%1$s", "BuildTime": "2026-01-01T00:00:00.000000000+00:00"}""";

    /** Says that it runs on this very kernel, so that containers are reached on their own address. */
    private static final String INFO = """
            {"ID": "0", "Containers": 1, "Images": 1, "Driver": "overlay2", "KernelVersion": "%1$s", "OSType": "linux",
             "OperatingSystem": "Rehearsal", "NCPU": 2, "MemTotal": 1000000000, "Name": "rehearsal",
             "Architecture": "%2$s",
             "SecurityOptions": ["name=seccomp,profile=default"], "SystemTime": "2026-01-01T00:00:00.000000000Z"}""";

    private static final String BRIDGE = """
            {"Name": "bridge", "Id": "0", "Scope": "local", "Driver": "bridge",
             "IPAM": {"Driver": "default", "Config": [{"Subnet": "127.0.0.0/8", "Gateway": "127.0.0.1"}]}}""";

    private static final String IMAGE = """
            {"Id": "sha256:0", "RepoTags": ["rehearsal:1"], "Created": "2026-01-01T00:00:00Z", "Os": "linux", "Size": 1,
             "Architecture": "amd64", "Config": {"Env": ["A=b"], "Cmd": ["app"], "ExposedPorts": {"80/tcp": {}}}}""";

    private static final String CONTAINER = """
            {"Id": "%1$s", "Name": "/luma-rehearsal", "Path": "app", "Args": [], "Image": "sha256:0", "RestartCount": 0,
             "Created": "2026-01-01T00:00:00.000000000Z", "Platform": "linux", "Driver": "overlay2",
             "State": {"Status": "running", "Running": true, "Paused": false, "Restarting": false, "OOMKilled": false,
                       "Dead": false, "Pid": 1, "ExitCode": 0, "Error": "",
                       "StartedAt": "2026-01-01T00:00:00.000000000Z", "FinishedAt": "0001-01-01T00:00:00Z"},
             "HostConfig": {"NetworkMode": "default", "PortBindings": null, "Binds": null, "Memory": 0,
                            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
                            "LogConfig": {"Type": "json-file", "Config": {}}},
             "GraphDriver": {"Name": "overlay2", "Data": {}}, "Mounts": [],
             "Config": {"Hostname": "0", "User": "", "Env": ["A=b"], "Cmd": ["app"], "Image": "rehearsal:1",
                        "Labels": {"a": "b"}, "ExposedPorts": {"80/tcp": {}}, "StopSignal": "SIGTERM"},
             "NetworkSettings": {"Ports": {"80/tcp": null},
                                 "Networks": {"bridge": {"NetworkID": "0", "EndpointID": "0", "Gateway": "127.0.0.1",
                                                         "IPAddress": "127.0.0.1", "IPPrefixLen": 8}}}}""";

    private static final int NETWORK_MILLIS = 50;
    private static final Pattern NAMED = Pattern.compile("/(containers|images)/(.+)/(json|start|kill)");
    private static final Pattern IMAGE_NAME = Pattern.compile("\"Image\":\"(rehearsal:1|luma-sandbox:[^\"]+)\"");
    private static final Pattern LABELS = Pattern.compile("\"Labels\":\\{([^}]*)}");

    private final Path socket;
    private final RehearsalServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger made = new AtomicInteger();
    /** The labels of each container. */
    private final Map<String, String> containers = new ConcurrentHashMap<>();
    /** Those whose network is that of another container. */
    private final Set<String> within = ConcurrentHashMap.newKeySet();
    /** Those that hear of events. */
    private final List<OutputStream> listeners = new CopyOnWriteArrayList<>();

    private RehearsalEngine(Path socket) throws IOException {
        this.socket = socket;
        server = RehearsalServer.at(UnixDomainSocketAddress.of(socket), this::serve);
    }

    static RehearsalEngine at(Path socket) throws IOException {
        return new RehearsalEngine(socket);
    }

    /** Where Luma finds it. */
    String host() {
        return "unix://" + socket;
    }

    private void serve(InputStream in, OutputStream out) throws IOException {
        for (Optional<WholeMessage> next = WholeMessage.request(in);
                next.isPresent();
                next = WholeMessage.request(in)) {
            String[] words = next.get().first().split(" ", -1);
            String path = words[1].replaceFirst("\\?.*", "").replaceFirst("^/v[0-9.]+/", "/");
            if (path.equals("/events")) {
                tellEvents(out);
                return;
            }
            out.write(answer(words[0], path, next.get().body()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private String answer(String method, String path, String body) throws IOException {
        Matcher named = NAMED.matcher(path);
        if (named.matches()) {
            return ofOne(named.group(1), named.group(2), named.group(3));
        }
        if (path.startsWith("/networks/") && !path.equals("/networks/create")) {
            return method.equals("DELETE") ? done() : json("200 OK", BRIDGE);
        }
        return switch (method + ' ' + path) {
            case "GET /_ping" -> json("200 OK", "\"OK\"");
            case "GET /version" -> json("200 OK", VERSION.formatted(kernel()));
            case "GET /info" -> json("200 OK", INFO.formatted(kernel(), System.getProperty("os.arch", "")));
            case "GET /networks" -> json("200 OK", "[]");
            case "POST /networks/create" -> json("201 Created", "{\"Id\": \"0\", \"Warning\": \"\"}");
            case "POST /images/load" -> json("200 OK", "{\"stream\": \"Loaded image\"}");
            case "GET /containers/json" -> json("200 OK", "[]");
            case "POST /containers/create" -> create(body);
            default -> method.equals("DELETE") && containers.remove(lastOf(path)) != null ? done() : unknown();
        };
    }

    private String ofOne(String kind, String name, String call) throws IOException {
        if (kind.equals("images")) {
            return name.startsWith("rehearsal") ? json("200 OK", IMAGE) : unknown();
        }
        String labels = containers.get(name);
        if (labels == null) {
            return unknown();
        }
        if (call.equals("json")) {
            return json("200 OK", CONTAINER.formatted(name));
        }
        if (call.equals("kill")) {
            die(name, labels);
        } else if (!within.contains(name)) {
            makeNetwork();
        }
        return done();
    }

    /** What a sandbox spares a wake; without it they would not be worth having, and not be rehearsed. */
    private void makeNetwork() {
        try {
            Thread.sleep(NETWORK_MILLIS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private String create(String body) {
        Matcher labels = LABELS.matcher(body);
        if (!IMAGE_NAME.matcher(body).find() || !labels.find()) {
            return unknown();
        }
        String id = String.format(Locale.ROOT, "%064x", made.incrementAndGet());
        containers.put(id, labels.group(1));
        if (body.contains("\"NetworkMode\":\"container:")) {
            within.add(id);
        }
        return json("201 Created", "{\"Id\": \"" + id + "\", \"Warnings\": []}");
    }

    private void die(String id, String labels) throws IOException {
        String event = """
                {"status": "die", "id": "%1$s", "from": "rehearsal:1", "Type": "container", "Action": "die",
                 "Actor": {"ID": "%1$s", "Attributes": {%2$s, "exitCode": "0", "image": "rehearsal:1"}},
                 "scope": "local", "time": 1767225600, "timeNano": 1767225600000000000}
                """.formatted(id, labels);
        String chunk = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
        for (OutputStream listener : listeners) {
            listener.write(chunk.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Keeps the connection for events until the engine ends. */
    private void tellEvents(OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        listeners.add(out);
        try {
            closed.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static String lastOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String kernel() {
        return System.getProperty("os.version", "");
    }

    private static String unknown() {
        return json("404 Not Found", "{\"message\": \"there is no such thing on a stage\"}");
    }

    private static String done() {
        return "HTTP/1.1 204 No Content\r\nApi-Version: 1.44\r\n\r\n";
    }

    private static String json(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nApi-Version: 1.44\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
    }
}
