package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartListener;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import dev.luma.core.Way;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Remembers how one start went on. */
final class Wake implements StartListener {

    private final String instanceId;
    private final Consumer<WakePhase> onPhase;
    private final List<WakePhase> phases = new CopyOnWriteArrayList<>();
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    private final List<Way> ways = new CopyOnWriteArrayList<>();
    private final List<String> images = new CopyOnWriteArrayList<>();
    private final List<StartFailure> failures = new CopyOnWriteArrayList<>();

    Wake(String instanceId, Consumer<WakePhase> onPhase) {
        this.instanceId = instanceId;
        this.onPhase = onPhase;
    }

    String instanceId() {
        return instanceId;
    }

    @Override
    public void entered(WakePhase phase) {
        phases.add(phase);
        onPhase.accept(phase);
    }

    @Override
    public void addressed(Endpoint endpoint, Way way) {
        ways.add(way);
        endpoints.add(endpoint);
    }

    @Override
    public void runs(String imageId) {
        images.add(imageId);
    }

    @Override
    public void failed(StartFailure failure) {
        failures.add(failure);
    }

    List<WakePhase> phases() {
        return List.copyOf(phases);
    }

    List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    List<Way> ways() {
        return List.copyOf(ways);
    }

    /** The ids of the images that it was told to run. */
    List<String> images() {
        return List.copyOf(images);
    }

    List<StartFailure> failures() {
        return List.copyOf(failures);
    }

    Endpoint awaitEndpoint() {
        await().atMost(Bench.PATIENCE).until(() -> !endpoints.isEmpty() || !failures.isEmpty());
        assertEquals(List.of(), failures());
        return endpoints.get(0);
    }

    StartFailure awaitFailure() {
        await().atMost(Bench.PATIENCE).until(() -> !endpoints.isEmpty() || !failures.isEmpty());
        assertEquals(List.of(), endpoints());
        return failures.get(0);
    }
}
