package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.config.AccessLogFormat;
import dev.luma.config.LogLevel;
import dev.luma.config.Settings;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Project;
import dev.luma.core.Projects.Change;
import dev.luma.core.Refusal;
import dev.luma.proxy.ProxySettings;
import java.io.IOException;
import java.net.InetAddress;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of Luma in one process, in front of an engine that is down. */
class LumaTest {

    @TempDir
    private Path directory;

    private final AtomicInteger closed = new AtomicInteger();

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
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"host\":\"nobody\",\"status\":404")));
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"reason\":\"RUNTIME_DOWN\"")));
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

    private String refusal(Settings settings) {
        return assertThrows(StartException.class, () -> Luma.start(settings, "1.2.3", this::noEngine))
                .getMessage();
    }

    private RuntimeMaker.Made noEngine(Settings settings, String owner, Pools pools, dev.luma.core.Ticker ticker) {
        return new RuntimeMaker.Made(
                new NoEngine(), () -> CompletableFuture.completedStage(null), closed::incrementAndGet);
    }

    private Settings settings(int proxyPort, int apiPort) {
        return new Settings(
                ProxySettings.DEFAULTS.at("127.0.0.1", proxyPort),
                "127.0.0.1",
                apiPort,
                "unix:///nowhere",
                directory.resolve("state"),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                10,
                10,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                LogLevel.WARN,
                AccessLogFormat.JSON,
                directory.resolve("access.log").toString());
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
        public CompletionStage<Boolean> check(String instanceId) {
            return CompletableFuture.completedStage(false);
        }

        @Override
        public Status status() {
            return new Status(false, "there is no engine");
        }

        @Override
        public void listen(Listener listener) {}
    }
}
