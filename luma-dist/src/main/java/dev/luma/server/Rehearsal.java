package dev.luma.server;

import dev.luma.config.LogLevel;
import dev.luma.config.Settings;
import dev.luma.config.SettingsException;
import dev.luma.config.SettingsLoader;
import dev.luma.config.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * A short run of everything, without projects and on ports that nobody knows, so that the JVM sees which classes Luma
 * loads. The engine is greeted, if it is there, and left as it is.
 */
public final class Rehearsal {

    private static final int WARM_WITHIN_SECONDS = 20;

    private Rehearsal() {}

    /**
     * Starts a Luma, lets it be used, and stops it.
     *
     * @param user does what users do, given the port of the API
     */
    public static void run(String version, IntConsumer user) throws StartException, InterruptedException {
        try {
            Path directory = Files.createTempDirectory("luma-rehearsal");
            try {
                LogSetup.setLevel(LogLevel.WARN);
                Luma luma = Luma.start(settings(directory), version, new DockerMaker());
                luma.warmUp().toCompletableFuture().get(WARM_WITHIN_SECONDS, TimeUnit.SECONDS);
                user.accept(luma.apiPort());
                luma.stop();
            } finally {
                remove(directory);
                LogSetup.flush();
            }
        } catch (IOException | SettingsException | ExecutionException | TimeoutException failed) {
            throw StartException.because(failed);
        }
    }

    /** Read like those of a user, with a file, so that the classes for that are seen too. */
    private static Settings settings(Path directory) throws IOException, SettingsException {
        Path file = Files.writeString(
                directory.resolve("luma.yaml"), "log_level: warn\nmax_connections: 10\nstate_dir: " + directory + "\n");
        Surroundings own = Surroundings.ofProcess();
        Surroundings surroundings = new Surroundings(Map.of(), own.root(), own.home(), own.install());
        Settings read = SettingsLoader.load(surroundings, Optional.of(file), Map.of());
        return new Settings(
                read.proxy().at("127.0.0.1", 0),
                "127.0.0.1",
                0,
                read.dockerHost(),
                0,
                read.stateDir(),
                read.inactivityTimeout(),
                read.pauseTimeout(),
                read.waitTimeout(),
                read.lineCapacity(),
                read.maxWaiting(),
                read.startsAtOnce(),
                read.startTimeout(),
                read.stopGrace(),
                read.drainTimeout(),
                read.shutdownTimeout(),
                read.eventLoop(),
                read.logLevel(),
                read.accessLog(),
                read.accessLogPath(),
                read.allowedUpstreams());
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
