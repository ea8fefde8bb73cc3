package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Docker engine beside the machine's own, with its own folder, socket and bridge, so that a test can stop and start
 * it. Needs root and dockerd.
 */
final class PrivateEngine implements BeforeEachCallback, AfterEachCallback {

    private Path folder;
    private String bridge;
    private Engine engine;
    private Process dockerd;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name"))
                        && program("dockerd").isPresent(),
                "root with dockerd");
        int number = ThreadLocalRandom.current().nextInt(64 * 256);
        // Not below java.io.tmpdir: the path of a unix socket must be short.
        folder = Files.createTempDirectory(Path.of("/tmp"), "luma-engine");
        bridge = "luma" + number;
        engine = Engine.at("unix://" + socket());
        run("ip", "link", "add", "name", bridge, "type", "bridge");
        run("ip", "addr", "add", "10." + (64 + number / 256) + "." + number % 256 + ".1/24", "dev", bridge);
        run("ip", "link", "set", bridge, "up");
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (engine == null) {
            return;
        }
        stop();
        if (context.getExecutionException().isPresent()) {
            System.out.println("What the engine has logged:");
            Files.readAllLines(folder.resolve("log")).stream()
                    .filter(line -> !line.contains("level=info") || line.contains("Docker daemon"))
                    .forEach(System.out::println);
        }
        engine.close();
        // An engine that is ended in the middle of a start forgets about it, and the container goes on.
        ProcessHandle.allProcesses().filter(this::isShim).forEach(shim -> {
            shim.descendants().forEach(ProcessHandle::destroyForcibly);
            shim.destroyForcibly();
        });
        run("ip", "link", "delete", bridge);
        for (String mount : mounts()) {
            run("umount", "-l", mount);
        }
        Folders.delete(folder);
    }

    /** The engine's API, past Luma. */
    Engine engine() {
        return engine;
    }

    void start() throws IOException {
        String id = folder.getFileName().toString();
        dockerd = new ProcessBuilder(
                        program("dockerd").orElseThrow(),
                        "--host=" + engine.host(),
                        "--data-root=" + folder.resolve("data"),
                        "--exec-root=" + folder.resolve("exec"),
                        "--pidfile=" + folder.resolve("pid"),
                        "--containerd-namespace=" + id,
                        "--containerd-plugins-namespace=" + id + "-plugins",
                        "--bridge=" + bridge,
                        "--iptables=false",
                        "--ip6tables=false")
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        await("an engine at " + engine.host()).atMost(Duration.ofSeconds(30)).until(this::answers);
    }

    /** Stops the engine and with it its containers, as "systemctl stop docker" does. */
    void stop() throws InterruptedException {
        dockerd.destroy();
        if (!dockerd.waitFor(30, TimeUnit.SECONDS)) {
            dockerd.destroyForcibly().waitFor();
        }
    }

    /** Ends the engine alone, as if it had crashed: its containers go on until it is back. */
    void kill() throws IOException, InterruptedException {
        dockerd.destroyForcibly().waitFor();
        // As long as nobody has reaped their processes, dead ones look alive to the next engine.
        Files.deleteIfExists(folder.resolve("pid"));
        Files.deleteIfExists(folder.resolve("exec/containerd/containerd.pid"));
    }

    /** Makes the engine hang: it still accepts connections, and answers nothing. */
    void freeze() throws IOException, InterruptedException {
        run("kill", "-STOP", Long.toString(dockerd.pid()));
    }

    void thaw() throws IOException, InterruptedException {
        run("kill", "-CONT", Long.toString(dockerd.pid()));
    }

    private boolean isShim(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains(" -namespace " + folder.getFileName() + " "))
                .isPresent();
    }

    private Path socket() {
        return folder.resolve("docker.sock");
    }

    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What the engine left mounted in its folder, the innermost first. */
    private List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" ", 3)[1])
                .filter(point -> point.startsWith(folder + "/"))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private static void run(String... busybox) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(Stream.of("busybox"), Stream.of(busybox)).toList();
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), command::toString);
    }

    private static Optional<String> program(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
