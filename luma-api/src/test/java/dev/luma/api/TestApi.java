package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.luma.core.HostMemory;
import dev.luma.core.InMemoryProjectStore;
import dev.luma.core.Limits;
import dev.luma.core.ProjectListener;
import dev.luma.core.ProjectStore;
import dev.luma.core.Projects;
import dev.luma.core.Upstream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An API server on a free port, with real projects behind it, a fake engine and simulated time. */
final class TestApi implements AutoCloseable {

    static final String NGINX = """
            {"name": "my-nginx-app", "docker_image": "nginxdemos/hello", "env_vars": {"APP_ENV": "development"},
             "container_port": 80, "hostname": "myapp.localhost"}""";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    final FakeRuntime runtime = new FakeRuntime();
    final SimulatedTime time = new SimulatedTime();
    volatile Optional<HostMemory.Reading> memory = Optional.empty();
    final Projects projects;
    final ApiServer server;
    final CopyOnWriteArrayList<Thread> loopThreads = new CopyOnWriteArrayList<>();
    final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    TestApi() throws IOException {
        this(ApiLimits.DEFAULTS);
    }

    TestApi(ApiLimits limits) throws IOException {
        this(limits, new InMemoryProjectStore(), Transport.best());
    }

    TestApi(ApiLimits limits, ProjectStore store, Transport transport) throws IOException {
        AtomicInteger prefixes = new AtomicInteger();
        projects = new Projects(
                runtime,
                runtime,
                store,
                time,
                time,
                Limits.DEFAULTS,
                () -> memory,
                ProjectListener.NONE,
                () -> "p" + prefixes.incrementAndGet());
        server = new ApiServer(
                new ApiSettings("127.0.0.1", 0, 8080, "1.2.3"),
                projects,
                runtime,
                task -> {
                    Thread thread = new Thread(task, "api-test");
                    loopThreads.add(thread);
                    return thread;
                },
                workers,
                limits,
                transport);
        server.start();
    }

    /** A change of the default limits. */
    static ApiLimits limits(Duration requestTime, Duration sleepTime, Duration closeTime) {
        ApiLimits usual = ApiLimits.DEFAULTS;
        return new ApiLimits(
                usual.lineBytes(),
                usual.headBytes(),
                usual.bodyBytes(),
                requestTime,
                usual.lingerTime(),
                sleepTime,
                closeTime);
    }

    HttpResponse<String> get(String path) {
        return send(request("GET", path));
    }

    HttpResponse<String> post(String path, String body) {
        return send(request("POST", path, body));
    }

    HttpResponse<String> send(String method, String path, String body) {
        return send(request(method, path, body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
        } catch (IOException error) {
            throw new AssertionError("no answer", error);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    CompletableFuture<HttpResponse<String>> sendLater(HttpRequest.Builder request) {
        return client.sendAsync(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, BodyPublishers.noBody());
    }

    HttpRequest.Builder request(String method, String path, String body) {
        return request(method, path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body));
    }

    RawClient raw() throws IOException {
        return new RawClient(server.port());
    }

    Upstream upstream(String name) {
        return projects.find(name).orElseThrow();
    }

    static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException error) {
            throw new AssertionError("not JSON: " + text, error);
        }
    }

    @Override
    public void close() {
        projects.close(Limits.DEFAULTS.drainTimeout());
        server.stop().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        workers.shutdown();
    }
}
