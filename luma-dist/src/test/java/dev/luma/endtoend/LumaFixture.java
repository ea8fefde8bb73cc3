package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Luma of its own for each test: the unpacked tarball as a process on free ports, with a fresh state directory. After
 * the test it is stopped, and nothing of it may be left in the engine.
 */
final class LumaFixture implements BeforeEachCallback, AfterEachCallback {

    static final Path INSTALLED = Path.of("target/luma").toAbsolutePath();

    private static final Path LOGS = Path.of("target/end-to-end");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LINES_SHOWN = 60;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private AppImage image;
    private Engine engine;
    private Path state;
    private Path log;
    private Process process;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        image = AppImage.shared(context);
        engine = image.engine();
        state = Files.createTempDirectory("luma-state");
        Files.createDirectories(LOGS);
        log = LOGS.resolve(context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName() + ".log");
        Files.deleteIfExists(log);
        try (ServerSocket proxy = new ServerSocket(0);
                ServerSocket api = new ServerSocket(0)) {
            set("proxy_port", Integer.toString(proxy.getLocalPort()));
            set("api_port", Integer.toString(api.getLocalPort()));
        }
        set("state_dir", state.toString());
        set("docker_host", engine.host());
        // So that what runs can be counted, and each wake is one of the way that a test is about.
        set("kept_containers", "0");
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        boolean failed = context.getExecutionException().isPresent();
        if (failed && Files.exists(log)) {
            List<String> lines = Files.readAllLines(log);
            System.out.println("The end of " + log + ":");
            lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()).forEach(System.out::println);
        }
        try {
            if (process != null && process.isAlive()) {
                terminate();
                int code = awaitExit();
                assertTrue(failed || code == 0, () -> "exit code " + code + ", see " + log);
            }
            assertTrue(failed || everything().isEmpty(), "no container of this Luma is left in the engine");
            List<String> forgotten =
                    networks().stream().filter(engine::removeNetwork).toList();
            assertTrue(failed || forgotten.isEmpty(), () -> forgotten + " is left in the engine");
        } finally {
            if (process != null) {
                process.destroyForcibly().waitFor();
            }
            everything().forEach(engine::remove);
            networks().forEach(engine::removeNetwork);
            Folders.delete(state);
        }
    }

    /** Runs against another engine than the machine's. */
    void use(Engine other) {
        engine = other;
        set("docker_host", other.host());
    }

    /** A setting by its key in luma.yaml, for starts from now on. */
    void set(String key, String value) {
        settings.put(key, value);
    }

    /** Starts Luma, again with the same state if it ran before, and waits until it is ready. */
    void start() throws IOException {
        List<String> command =
                new ArrayList<>(List.of(INSTALLED.resolve("bin/luma").toString(), "serve"));
        settings.forEach((key, value) -> command.addAll(List.of("--" + key.replace('_', '-'), value)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("LUMA_"));
        process = builder.start();
        await("a Luma that is ready").atMost(PATIENCE).until(() -> {
            assertTrue(process.isAlive(), () -> "Luma ended while starting, see " + log);
            return isReady();
        });
    }

    /** Starts Luma, and waits until so many sandboxes are there for those who wake. */
    void startWithSandboxes(int count) throws IOException {
        set("sandboxes", Integer.toString(count));
        start();
        if (count > 0) {
            awaitSandboxes(count);
        }
    }

    /** Asks Luma to end, as systemd does. */
    void terminate() {
        process.destroy();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    int awaitExit() throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "Luma does not end, see " + log);
        return process.exitValue();
    }

    boolean isReady() {
        try {
            return api("GET", "/readyz", Optional.empty()).statusCode() == 200;
        } catch (UncheckedIOException notListeningYet) {
            return false;
        }
    }

    /** The name of the test app's image. */
    String image() {
        return image.name();
    }

    int proxyPort() {
        return Integer.parseInt(settings.get("proxy_port"));
    }

    int apiPort() {
        return Integer.parseInt(settings.get("api_port"));
    }

    void register(App app) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>(Map.of(
                "name", app.name(),
                "hostname", app.hostname(),
                "docker_image", app.image().orElse(image.name()),
                "container_port", app.port(),
                "env_vars", app.variables(),
                "idle_timeout", app.idleTimeout()));
        app.sleep().ifPresent(how -> body.put("sleep", how));
        app.readinessPath().ifPresent(path -> body.put("readiness", Map.of("http_get", Map.of("path", path))));
        HttpResponse<String> answer = api("POST", "/projects", Optional.of(json.writeValueAsString(body)));
        assertEquals(201, answer.statusCode(), answer::body);
    }

    /** Changes some of its settings, as a merge patch (RFC 7396). */
    void patch(App app, String changes) {
        HttpResponse<String> answer = api("PATCH", "/projects/" + app.name(), Optional.of(changes));
        assertEquals(200, answer.statusCode(), answer::body);
    }

    /** All sandboxes that there are to be, of which nobody has taken one. */
    void awaitSandboxes(int count) {
        String sentence = count + " of " + count + " wait";
        await("sandboxes that wait")
                .atMost(PATIENCE)
                .until(() -> api("GET", "/doctor", Optional.empty()).body().contains(sentence));
    }

    JsonNode project(App app) throws IOException {
        HttpResponse<String> answer = api("GET", "/projects/" + app.name(), Optional.empty());
        assertEquals(200, answer.statusCode(), answer::body);
        return json.readTree(answer.body());
    }

    String state(App app) throws IOException {
        return project(app).path("state").asText();
    }

    void awaitState(App app, String expected) {
        await(app.name() + " is " + expected).atMost(PATIENCE).until(() -> state(app), expected::equals);
    }

    HttpResponse<String> api(String method, String path, Optional<String> body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort() + path))
                .timeout(PATIENCE)
                .method(method, body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
        if (!method.equals("GET")) {
            request.header("Content-Type", "application/json");
        }
        return send(request.build(), BodyHandlers.ofString());
    }

    /** A request to the app, through the proxy. */
    HttpRequest.Builder request(App app, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxyPort() + path))
                .header("Host", app.hostname())
                .timeout(PATIENCE);
    }

    HttpResponse<String> get(App app, String path) {
        return send(request(app, path).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getLater(App app, String path) {
        return client.sendAsync(request(app, path).build(), BodyHandlers.ofString());
    }

    <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    HttpClient client() {
        return client;
    }

    /** The containers of this Luma, as the engine sees them. */
    List<Container> containers() throws IOException {
        return everything().stream()
                .filter(container -> !container.getLabels().containsKey("dev.luma.sandbox"))
                .toList();
    }

    /** The containers of projects and those that wait for them. */
    List<Container> everything() throws IOException {
        return owner().map(engine::containersOf).orElse(List.of());
    }

    /** The names of the networks that this Luma has made. */
    List<String> networks() throws IOException {
        return owner().map(engine::networksOf).orElse(List.of());
    }

    /** What happens in the engine to the containers of this Luma from now on; Luma must have been started once. */
    EventLog events() throws IOException {
        return engine.follow(owner().orElseThrow());
    }

    private Optional<String> owner() throws IOException {
        Path owner = state.resolve("owner");
        return Files.exists(owner) ? Optional.of(Files.readString(owner).strip()) : Optional.empty();
    }

    Engine engine() {
        return engine;
    }

    /** In which way the instance came up that gave this cold answer. */
    static String way(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Server-Timing")
                .map(timing -> timing.replaceAll(".*;desc=(\\w+).*", "$1"))
                .orElse("none");
    }

    /** What Luma has logged so far. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The most memory that Luma has had resident so far, in MiB. */
    long peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }
}
