package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code luma prepare} makes: a JVM starts with it, and leaves alone what was made for another. The JVM itself says
 * nothing when it does not want an archive, so here it is told to end then, and its mapped files are looked at.
 */
class ArchiveIT {

    private static final List<String> MADE = List.of("luma.jsa", "luma.aot", "luma.for");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private Path home;

    @BeforeEach
    void unpack() throws IOException {
        home = directory.resolve("luma");
        try (Stream<Path> all = Files.walk(LumaFixture.INSTALLED)) {
            for (Path each : all.filter(
                            path -> !MADE.contains(path.getFileName().toString()))
                    .toList()) {
                Files.copy(each, home.resolve(LumaFixture.INSTALLED.relativize(each)));
            }
        }
    }

    @Test
    void theJdkOfTheBuildStartsWithIt() throws Exception {
        startsWithIt(Path.of(System.getProperty("java.home")));
    }

    /** Tested where there is such a JDK; the build itself may have an older one. */
    @Test
    void aJdkWithAotCachesStartsWithIt() throws Exception {
        Optional<Path> jdk = jdkWithAotCaches();
        assumeTrue(jdk.isPresent(), "there is a JDK 25 or newer in /usr/lib/jvm");
        startsWithIt(jdk.get());
    }

    private void startsWithIt(Path jdk) throws Exception {
        boolean aot = feature(jdk) >= 25;
        assertTrue(run(jdk, "prepare").startsWith("Prepared for Java " + feature(jdk)));
        Path archive = home.resolve(aot ? "lib/luma.aot" : "lib/luma.jsa");
        assertTrue(mappedByServe(jdk, Map.of("LUMA_JAVA_OPTS", aot ? "-XX:AOTMode=on" : "-Xshare:on"), archive));
        assertTrue(mappedByServe(jdk, Map.of(), home.resolve("lib/native")), "nothing is unpacked to a temporary file");

        // As if another file were there since.
        Files.writeString(home.resolve("lib/luma.for"), "another Luma\n");
        assertFalse(mappedByServe(jdk, Map.of(), archive), "it is not taken for what it is not");
    }

    /** As the service does, whose program is not its own to write to. */
    @Test
    void aServiceMakesOneForItsNextStart() throws Exception {
        Path jdk = Path.of(System.getProperty("java.home"));
        Path cache = Files.createDirectory(directory.resolve("cache"));
        Path archive = cache.resolve(feature(jdk) >= 25 ? "luma.aot" : "luma.jsa");
        Map<String, String> variables = Map.of("LUMA_CACHE_DIR", cache.toString());
        Process first = serve(jdk, variables);
        try {
            await("an archive").atMost(PATIENCE).until(() -> Files.exists(cache.resolve("luma.for")));
        } finally {
            first.destroy();
            assertEquals(0, first.waitFor());
        }
        assertTrue(mappedByServe(jdk, variables, archive));
    }

    private boolean mappedByServe(Path jdk, Map<String, String> variables, Path archive) throws Exception {
        Process luma = serve(jdk, variables);
        try {
            return Files.readString(Path.of("/proc/" + luma.pid() + "/maps")).contains(archive.toString());
        } finally {
            luma.destroy();
            assertEquals(0, luma.waitFor());
        }
    }

    /** Returns when it listens. */
    private Process serve(Path jdk, Map<String, String> variables) throws IOException {
        Path log = directory.resolve("serve.log");
        Files.deleteIfExists(log);
        ProcessBuilder builder = builder(jdk, "serve", "--proxy-port", freePort(), "--api-port", freePort())
                .redirectOutput(log.toFile());
        builder.environment().put("LUMA_STATE_DIR", directory.resolve("state").toString());
        builder.environment().put("LUMA_PROXY_HOST", "127.0.0.1");
        builder.environment().putAll(variables);
        Process luma = builder.start();
        await("a Luma that listens").atMost(PATIENCE).until(() -> {
            assertTrue(luma.isAlive(), () -> "it has ended, see " + log);
            return Files.exists(log) && Files.readString(log).contains("listens: proxy on");
        });
        return luma;
    }

    private String run(Path jdk, String verb) throws IOException, InterruptedException {
        Process process = builder(jdk, verb).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private ProcessBuilder builder(Path jdk, String... words) {
        String[] command = Stream.concat(Stream.of(home.resolve("bin/luma").toString()), Stream.of(words))
                .toArray(String[]::new);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LUMA_"));
        builder.environment().put("LUMA_JAVA", jdk.toString());
        return builder;
    }

    private static Optional<Path> jdkWithAotCaches() throws IOException {
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(all)) {
            return found.filter(jdk -> Files.isExecutable(jdk.resolve("bin/java")) && feature(jdk) >= 25)
                    .findFirst();
        }
    }

    private static int feature(Path jdk) {
        try {
            return Files.readAllLines(jdk.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> Runtime.Version.parse(line.replaceAll("JAVA_VERSION=|\"", "")))
                    .findFirst()
                    .map(Runtime.Version::feature)
                    .orElse(0);
        } catch (IOException without) {
            return 0;
        }
    }

    private static String freePort() throws IOException {
        try (ServerSocket port = new ServerSocket(0)) {
            return Integer.toString(port.getLocalPort());
        }
    }
}
