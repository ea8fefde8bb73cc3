package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What the integration tests stand on: the real engine, an image made of nothing but busybox, which runs whatever its
 * variable RUN says, and a runtime under test. Leaves nothing behind, and sees to it that the runtime does not either.
 */
final class Bench implements AutoCloseable {

    /** Serves pages on the port that it is told, and ends at once when it is asked to. */
    static final String SERVER = "trap 'exit 0' TERM; busybox httpd -f -p $PORT -h / & wait";

    /** Does not care for SIGTERM. */
    static final String STUBBORN = "trap '' TERM; while true; do busybox sleep 1; done";

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final String owner = "luma-it-" + UUID.randomUUID();
    final Path folder;
    final Relay relay;
    final Heard heard = new Heard();
    final DockerClient docker;
    final DockerThreads threads;

    private final String image = "luma-it:" + owner;
    private final AtomicInteger instances = new AtomicInteger();
    private final List<ExecutorService> pools = new ArrayList<>();
    private final List<DockerRuntime> runtimes = new ArrayList<>();
    private final Set<String> images = new LinkedHashSet<>();

    Bench() throws IOException {
        Path socket = engineSocket();
        folder = Files.createTempDirectory("luma-it");
        relay = Relay.onSocket(socket, folder);
        docker = client(socket);
        try {
            docker.pingCmd().exec();
        } catch (RuntimeException down) {
            throw new AssertionError(needs(socket), down);
        }
        build(image, "CMD [\"busybox\", \"sh\", \"-c\", \"eval \\\"$RUN\\\"\"]");
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        pools.add(timer);
        threads = new DockerThreads(timer, pool(2), pool(2), pool(2));
    }

    /** A runtime with short times that is connected. */
    DockerRuntime runtime(DockerSettings.Reach reach) {
        DockerRuntime runtime = unconnected(reach);
        await().atMost(PATIENCE).until(() -> runtime.status().available());
        return runtime;
    }

    DockerRuntime runtime() {
        return runtime(DockerSettings.Reach.AUTO);
    }

    DockerRuntime unconnected(DockerSettings.Reach reach) {
        return unconnected(settings(reach));
    }

    /** Short times, and no round but the first, so that tests see what works without. */
    DockerSettings settings(DockerSettings.Reach reach) {
        DockerSettings.Times times = new DockerSettings.Times(
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofHours(1));
        return new DockerSettings(relay.host(), owner, reach, 0, DockerSettings.Keep.NONE, times);
    }

    DockerRuntime unconnected(DockerSettings settings) {
        DockerRuntime runtime = DockerRuntime.create(settings, threads, new SystemTicker());
        runtime.listen(heard);
        runtimes.add(runtime);
        return runtime;
    }

    /** A runtime with that many sandboxes, which are ready. */
    DockerRuntime withSandboxes(int count) {
        return ready(settings(DockerSettings.Reach.AUTO).withSandboxes(count));
    }

    /** A runtime with one sandbox that keeps so many containers. */
    DockerRuntime keeping(int count) {
        return ready(settings(DockerSettings.Reach.AUTO)
                .withSandboxes(1)
                .withKept(new DockerSettings.Keep(count, Duration.ofHours(1))));
    }

    DockerRuntime ready(DockerSettings settings) {
        DockerRuntime runtime = unconnected(settings);
        await().atMost(PATIENCE)
                .until(() -> sandboxes().size() == settings.sandboxes()
                        && runtime.sandboxesReady() == settings.sandboxes()
                        && runtime.findings().get(1).sentence().contains(" are used: "));
        return runtime;
    }

    /** The containers that are sandboxes, running or not. */
    List<Container> sandboxes() {
        return containers(owner).stream()
                .filter(found -> Labels.sandbox(found.getLabels()).isPresent())
                .toList();
    }

    /** A project whose container runs the command line. */
    Project project(String name, String run) {
        return projectOf(name, image, Map.of("RUN", run));
    }

    static Project projectOf(String name, String image, Map<String, String> env) {
        return Project.draft(name, name + ".localhost", image, 8123, env, Optional.empty());
    }

    String newInstanceId(Project project) {
        // Two runs may share an engine, and names of containers are the engine's own.
        return project.name() + owner.substring(owner.lastIndexOf('-')) + "-" + instances.incrementAndGet();
    }

    Wake start(DockerRuntime runtime, Project project) {
        return start(runtime, project, newInstanceId(project), phase -> {});
    }

    /** Starts it, and waits until its app answers. */
    Wake awake(DockerRuntime runtime, Project project) {
        Wake wake = start(runtime, project);
        awaitAnswer(wake.awaitEndpoint());
        return wake;
    }

    Wake start(DockerRuntime runtime, Project project, String instanceId, Consumer<WakePhase> onPhase) {
        Wake wake = new Wake(instanceId, onPhase);
        runtime.start(instanceId, project, wake);
        return wake;
    }

    static void sleep(DockerRuntime runtime, Wake wake, Project now) {
        join(runtime.sleep(wake.instanceId(), now, Duration.ofSeconds(10)));
    }

    static void stop(DockerRuntime runtime, Wake wake) {
        join(runtime.stop(wake.instanceId(), Duration.ofSeconds(10)));
    }

    static void join(CompletionStage<Void> stage) {
        stage.toCompletableFuture().join();
    }

    /** An image of the shell and these lines of a Dockerfile. */
    void build(String tag, String lines) throws IOException {
        Path context = Files.createTempDirectory(folder, "image");
        Files.copy(BUSYBOX, context.resolve("busybox"));
        Path dockerfile = context.resolve("Dockerfile");
        Files.writeString(dockerfile, "FROM scratch\nCOPY busybox /bin/busybox\n" + lines + "\n");
        docker.buildImageCmd(dockerfile.toFile())
                .withTags(Set.of(tag))
                .exec(new BuildImageResultCallback())
                .awaitImageId();
        images.add(tag);
    }

    void removeImage(String tag) {
        docker.removeImageCmd(tag).withForce(true).exec();
        images.remove(tag);
    }

    /** For an image that was pulled by the runtime. */
    void removedAtTheEnd(String tag) {
        images.add(tag);
    }

    /** The containers with this owner label, running or not. */
    List<Container> containers(String ownedBy) {
        return Removal.list(docker, Map.of(Labels.OWNER, ownedBy));
    }

    Container container(String instanceId) {
        return containers(owner).stream()
                .filter(found -> instanceId.equals(found.getLabels().get(Labels.INSTANCE)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no container of " + instanceId));
    }

    List<Container> containersOf(String instanceId) {
        return Removal.list(docker, Map.of(Labels.OWNER, owner, Labels.INSTANCE, instanceId));
    }

    String networkMode(String instanceId) {
        return docker.inspectContainerCmd(container(instanceId).getId())
                .exec()
                .getHostConfig()
                .getNetworkMode();
    }

    /** Until something is said at the endpoint that is HTTP. */
    static void awaitAnswer(Endpoint endpoint) {
        await().atMost(PATIENCE).until(() -> answers(endpoint));
    }

    /** What is said at the endpoint. */
    static String get(Endpoint endpoint) {
        try (InputStream body =
                URI.create("http://" + endpoint.authority() + "/").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static boolean answers(Endpoint endpoint) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://" + endpoint.authority() + "/").toURL().openConnection();
            connection.setConnectTimeout(500);
            connection.setReadTimeout(500);
            boolean answered = connection.getResponseCode() > 0;
            connection.disconnect();
            return answered;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A container as another program, or an earlier run, would have left it. */
    String stray(Map<String, String> labels) {
        String id = docker.createContainerCmd(image)
                .withLabels(labels)
                .withEnv("RUN=" + STUBBORN)
                .exec()
                .getId();
        docker.startContainerCmd(id).exec();
        return id;
    }

    boolean exists(String containerId) {
        try {
            docker.inspectContainerCmd(containerId).exec();
            return true;
        } catch (NotFoundException gone) {
            return false;
        }
    }

    void awaitNothingLeft() {
        await().atMost(PATIENCE).until(() -> containers(owner).isEmpty());
    }

    @Override
    public void close() throws IOException {
        runtimes.forEach(runtime -> leave(runtime));
        runtimes.forEach(DockerRuntime::close);
        List<Container> left = containers(owner);
        left.forEach(container -> remove(container.getId()));
        List.copyOf(images).forEach(this::removeImage);
        List<String> networks = networks();
        networks.forEach(name -> docker.removeNetworkCmd(name).exec());
        docker.close();
        relay.close();
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("docker-java-stream")));
        pools.forEach(ExecutorService::shutdownNow);
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
        assertEquals(
                List.of(),
                left.stream()
                        .map(container -> container.getNames()[0] + " " + container.getState())
                        .toList(),
                "containers that Luma has left behind");
        assertEquals(List.of(), networks, "networks that Luma has left behind");
    }

    /** As at the end of a Luma that is asked to stop; one without an engine has nothing to remove. */
    void leave(DockerRuntime runtime) {
        if (runtime.status().available()) {
            runtime.leave().toCompletableFuture().join();
        }
    }

    /** The names of this owner's networks. */
    List<String> networks() {
        return docker.listNetworksCmd().withFilter("label", List.of(Labels.OWNER + "=" + owner)).exec().stream()
                .map(Network::getName)
                .toList();
    }

    void remove(String containerId) {
        docker.removeContainerCmd(containerId).withForce(true).exec();
    }

    private ExecutorService pool(int threadCount) {
        ExecutorService pool = Executors.newFixedThreadPool(threadCount);
        pools.add(pool);
        return pool;
    }

    static Path engineSocket() {
        String host = Objects.requireNonNullElse(System.getenv("DOCKER_HOST"), "unix:///var/run/docker.sock");
        Path socket = host.startsWith("unix://") ? Path.of(URI.create(host).getPath()) : Path.of(host);
        if (!Files.exists(socket) || !Files.exists(BUSYBOX)) {
            fail(needs(socket));
        }
        return socket;
    }

    private static String needs(Path socket) {
        return "These tests need a Docker engine at a unix socket and a static /bin/busybox; run luma-dist/verify.sh, which"
                + " sees to both (looked at " + socket + " and " + BUSYBOX + ").";
    }

    private static DockerClient client(Path socket) {
        URI host = URI.create("unix://" + socket);
        return DockerClientImpl.getInstance(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(host.toString())
                        .build(),
                new ZerodepDockerHttpClient.Builder().dockerHost(host).build());
    }

    private static final class SystemTicker implements Ticker {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant instant() {
            return Instant.now();
        }
    }
}
