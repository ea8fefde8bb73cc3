package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.luma.config.AccessLogFormat;
import dev.luma.config.EventLoopChoice;
import dev.luma.config.LogLevel;
import dev.luma.config.Settings;
import dev.luma.core.Cidr;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.HttpGet;
import dev.luma.core.MemoryReserve;
import dev.luma.core.Project;
import dev.luma.core.ProjectStatus;
import dev.luma.core.Projects.Change;
import dev.luma.core.Refusal;
import dev.luma.core.Source;
import dev.luma.core.Upstream;
import dev.luma.core.Waking;
import dev.luma.proxy.ProxySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of Luma in one process, in front of an engine that is down. */
class LumaTest {

    @TempDir
    private Path directory;

    private final AtomicInteger closed = new AtomicInteger();
    private List<Cidr> allowed = List.of();

    @Test
    void servesAndKeepsProjectsOverARestart() throws Exception {
        Luma first = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        assertInstanceOf(Change.Done.class, first.projects().register(draft()));
        assertTrue(ask(first.proxyPort(), "GET / HTTP/1.1\r\nHost: nobody\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 404 "));
        assertTrue(ask(first.apiPort(), "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .contains("1.2.3"));
        first.warmUp().toCompletableFuture().get(10, TimeUnit.SECONDS);
        first.stop();
        assertEquals(1, closed.get());

        Luma second = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        assertEquals(1, second.projects().all().size());
        assertTrue(ask(second.proxyPort(), "GET / HTTP/1.1\r\nHost: SHOP.localhost.\r\nConnection: close\r\n\r\n")
                .contains("RUNTIME_DOWN"));
        second.stop();
        List<String> lines = Files.readAllLines(directory.resolve("access.log"));
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"host\":\"nobody\",\"status\":404")));
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"reason\":\"RUNTIME_DOWN\"")));
    }

    /** Whoever wants something of the engine waits for it; everybody else need not. */
    @Test
    void takesRequestsBeforeItConnectsToTheEngine() throws Exception {
        AtomicInteger connected = new AtomicInteger();
        int port = freePort();
        Luma luma = Luma.start(
                settings(port, 0),
                "1.2.3",
                (settings, owner, pools, ticker) -> new RuntimeMaker.Made(
                        new NoEngine(),
                        () -> {
                            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                                connected.addAndGet(client.isConnected() ? 1 : 0);
                            } catch (IOException refused) {
                                connected.set(-1);
                            }
                        },
                        () -> CompletableFuture.completedStage(null),
                        () -> CompletableFuture.completedStage(null),
                        closed::incrementAndGet));
        luma.stop();
        assertEquals(1, connected.get());
    }

    /** No engine is needed for what runs already, nor a request to find it. */
    @Test
    void leadsToWhatRunsAlready() throws Exception {
        allowed = List.of(Cidr.of("127.0.0.0/8"));
        HttpServer app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/", exchange -> {
            byte[] answer =
                    exchange.getRequestHeaders().getFirst("X-Forwarded-Host").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        app.start();
        Source there = new Source.External("localhost", app.getAddress().getPort());
        Project nas = Project.draft("nas", "nas.localhost", there, Optional.empty());
        String request = "GET / HTTP/1.1\r\nHost: nas.localhost\r\nConnection: close\r\n\r\n";

        Luma first = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        Upstream upstream = ((Change.Done) first.projects().register(nas)).upstream();
        await(upstream, ProjectStatus.State.RUNNING);
        assertTrue(ask(first.proxyPort(), request).endsWith("nas.localhost"));
        first.stop();

        Luma second = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        await(second.projects().find("nas").orElseThrow(), ProjectStatus.State.RUNNING);
        assertTrue(ask(second.proxyPort(), request).endsWith("nas.localhost"));
        app.stop(0);
        second.stop();
    }

    @Test
    void leadsOnlyToWhatIsReadyIfTheProjectSaysWhatThatIs() throws Exception {
        allowed = List.of(Cidr.of("127.0.0.0/8"));
        AtomicInteger status = new AtomicInteger(503);
        AtomicInteger asked = new AtomicInteger();
        HttpServer app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/", exchange -> {
            boolean question = exchange.getRequestURI().getPath().equals("/up");
            exchange.sendResponseHeaders(question ? status.get() : 200, -1);
            exchange.close();
            asked.addAndGet(question ? 1 : 0);
        });
        app.start();
        Source there = new Source.External("localhost", app.getAddress().getPort());
        Luma luma = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        Upstream upstream = ((Change.Done) luma.projects()
                        .register(Project.draft("nas", "nas.localhost", there, Optional.empty())
                                .withWaking(Waking.USUAL.withReadiness(Optional.of(new HttpGet("/up"))))))
                .upstream();
        Awaitility.await().until(() -> asked.get() > 1);
        assertEquals(ProjectStatus.State.STARTING, upstream.status().state());
        status.set(302);
        await(upstream, ProjectStatus.State.RUNNING);
        app.stop(0);
        luma.stop();
    }

    @Test
    void leadsNowhereThatIsNotAllowed() throws Exception {
        allowed = List.of(Cidr.of("10.0.0.0/8"));
        Luma luma = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        Project nas = Project.draft("nas", "nas.localhost", new Source.External("127.0.0.1", 9), Optional.empty());
        Upstream upstream = ((Change.Done) luma.projects().register(nas)).upstream();
        await(upstream, ProjectStatus.State.FAILED);
        assertEquals(
                "the upstream of nas, 127.0.0.1:9, leads to 127.0.0.1, which is not in allowed_upstreams;"
                        + " add it there and restart Luma",
                upstream.status().lastFailure().orElseThrow().detail());
        assertTrue(ask(luma.proxyPort(), "GET / HTTP/1.1\r\nHost: nas.localhost\r\nConnection: close\r\n\r\n")
                .contains("START_FAILED"));
        luma.stop();
    }

    private static void await(Upstream upstream, ProjectStatus.State state) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> upstream.status().state() == state);
    }

    @Test
    void namesThePortThatIsTakenAndLeavesNothingBehind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertEquals(
                    "port " + port + " is taken by another program, so the proxy cannot listen on 127.0.0.1:" + port
                            + ": stop that program, or choose another port with --proxy-port",
                    refusal(settings(port, 0)));
            assertEquals(
                    "port " + port + " is taken by another program, so the API cannot listen on 127.0.0.1:" + port
                            + ": stop that program, or choose another port with --api-port",
                    refusal(settings(0, port)));
        }
        assertEquals(2, closed.get());
        Luma.start(settings(0, 0), "1.2.3", this::noEngine).stop();
    }

    @Test
    void doesNotShareItsStateDirectory() throws Exception {
        Luma running = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        assertTrue(refusal(settings(0, 0)).contains(" is in use by another Luma (process "));
        running.stop();
    }

    @Test
    void refusesChangesOnceItStops() throws Exception {
        Luma luma = Luma.start(settings(0, 0), "1.2.3", this::noEngine);
        luma.stop();
        assertEquals(
                new Change.Conflict("", "Luma is stopping"), luma.projects().register(draft()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private String refusal(Settings settings) {
        return assertThrows(StartException.class, () -> Luma.start(settings, "1.2.3", this::noEngine))
                .getMessage();
    }

    private RuntimeMaker.Made noEngine(Settings settings, String owner, Pools pools, dev.luma.core.Ticker ticker) {
        return new RuntimeMaker.Made(
                new NoEngine(),
                () -> {},
                () -> CompletableFuture.completedStage(null),
                () -> CompletableFuture.completedStage(null),
                closed::incrementAndGet);
    }

    private Settings settings(int proxyPort, int apiPort) {
        return new Settings(
                ProxySettings.DEFAULTS.at("127.0.0.1", proxyPort),
                "127.0.0.1",
                apiPort,
                "unix:///nowhere",
                2,
                0,
                Duration.ofHours(1),
                directory.resolve("state"),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                MemoryReserve.DEFAULT,
                Duration.ofSeconds(5),
                10,
                10,
                0,
                0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                EventLoopChoice.AUTO,
                LogLevel.WARN,
                AccessLogFormat.JSON,
                directory.resolve("access.log").toString(),
                allowed);
    }

    private static Project draft() {
        return Project.draft("shop", "shop.localhost", "shop", 80, Map.of(), Optional.empty());
    }

    private static String ask(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Fails every start. */
    private static final class NoEngine implements ContainerRuntime {
        @Override
        public CompletionStage<Void> prepare(Project project) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void start(String instanceId, Project project, StartListener listener) {
            listener.failed(new StartFailure(Refusal.Reason.RUNTIME_DOWN, "there is no engine", List.of()));
        }

        @Override
        public CompletionStage<Void> stop(String instanceId, Duration grace) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> pause(String instanceId) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> resume(String instanceId) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Boolean> check(String instanceId) {
            return CompletableFuture.completedStage(false);
        }

        @Override
        public boolean isHere() {
            return false;
        }

        @Override
        public Status status() {
            return new Status(false, "there is no engine");
        }

        @Override
        public void listen(Listener listener) {}
    }
}
