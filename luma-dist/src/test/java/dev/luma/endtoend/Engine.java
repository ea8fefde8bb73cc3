package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A Docker engine, seen past Luma: the tests look here whether Luma tells the truth. */
final class Engine implements AutoCloseable {

    private static final Path APP = Path.of("src/test/resources/endtoend/app");
    private static final List<Path> BUSYBOX = List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));

    private final String host;
    private final DockerClient docker;

    private Engine(String host) {
        this.host = host;
        this.docker = DockerClientImpl.getInstance(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(host)
                        .withDockerTlsVerify(false)
                        .build(),
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(URI.create(host))
                        .build());
    }

    static Engine at(String host) {
        return new Engine(host);
    }

    /** The engine that DOCKER_HOST names, or the one of the machine. */
    static Engine ofTheMachine() {
        String given = System.getenv("DOCKER_HOST");
        return at(given == null || given.isBlank() ? "unix:///var/run/docker.sock" : given);
    }

    String host() {
        return host;
    }

    /** Builds the app of the tests under this name. */
    void buildApp(String image) throws IOException {
        Path context = Files.createTempDirectory("luma-app");
        try {
            copy(APP, context);
            Files.copy(staticBusybox(), context.resolve("busybox"), StandardCopyOption.COPY_ATTRIBUTES);
            Process tar = new ProcessBuilder("tar", "-C", context.toString(), "-c", ".")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (InputStream archive = tar.getInputStream()) {
                docker.buildImageCmd(archive)
                        .withTags(Set.of(image))
                        .withForcerm(true)
                        .exec(new BuildImageResultCallback())
                        .awaitImageId();
            }
        } finally {
            Folders.delete(context);
        }
    }

    void removeImage(String image) {
        try {
            docker.removeImageCmd(image).withForce(true).exec();
        } catch (NotFoundException gone) {
            return;
        }
    }

    /** All containers, running or not, that the Luma with this id has made. */
    List<Container> containersOf(String owner) {
        return docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of("dev.luma.owner", owner))
                .exec();
    }

    /** The names of all networks that the Luma with this id has made. */
    List<String> networksOf(String owner) {
        return docker.listNetworksCmd().withFilter("label", List.of("dev.luma.owner=" + owner)).exec().stream()
                .map(Network::getName)
                .toList();
    }

    /**
     * False if the engine does not let go of it. Engines before 28.1 may count wrong how many containers are in a network
     * (moby/moby#49736), and then hold on to it until they are restarted, whoever wants to remove it.
     */
    boolean removeNetwork(String name) {
        try {
            docker.removeNetworkCmd(name).exec();
            return true;
        } catch (DockerException inUse) {
            assertTrue(inUse.getMessage().contains("has active endpoints"), inUse::toString);
            return false;
        }
    }

    /** What happens to the containers of the Luma with this id from now on. */
    EventLog follow(String owner) {
        EventLog log = new EventLog();
        docker.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withLabelFilter(Map.of("dev.luma.owner", owner))
                .withSince(Long.toString(Instant.now().getEpochSecond()))
                .exec(log);
        return log;
    }

    void kill(Container container) {
        docker.killContainerCmd(container.getId()).exec();
    }

    void remove(Container container) {
        try {
            docker.removeContainerCmd(container.getId()).withForce(true).exec();
        } catch (NotFoundException | ConflictException goneOrGoing) {
            return;
        }
    }

    @Override
    public void close() {
        try {
            docker.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path staticBusybox() {
        return BUSYBOX.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("needs a static busybox: apt-get install busybox-static"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(path -> !path.equals(from)).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
