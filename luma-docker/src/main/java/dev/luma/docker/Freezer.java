package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Pauses containers with the kernel's freezer, and lets them go on. */
final class Freezer {

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Connector connector;

    Freezer(DockerSettings settings, DockerThreads threads, Connector connector) {
        this.settings = settings;
        this.threads = threads;
        this.connector = connector;
    }

    private interface Verb {
        void on(DockerClient client, String containerId);
    }

    /** Fails if it does not run. */
    CompletionStage<Void> pause(Optional<Tracked> tracked, String instanceId) {
        tracked.ifPresent(known -> known.freeze(true));
        return call(
                threads.stops(),
                "pause",
                tracked,
                instanceId,
                (client, id) -> client.pauseContainerCmd(id).exec());
    }

    /** Fails if it does not run; one that was never frozen is fine as it is. */
    CompletionStage<Void> resume(Optional<Tracked> tracked, String instanceId) {
        return call(threads.starts(), "unpause", tracked, instanceId, Freezer::goOn)
                .thenAccept(done -> tracked.ifPresent(known -> known.freeze(false)));
    }

    private static void goOn(DockerClient client, String id) {
        try {
            client.unpauseContainerCmd(id).exec();
        } catch (ConflictException notPaused) {
            if (!isRunning(client, id)) {
                throw notPaused;
            }
        } catch (InternalServerErrorException refused) {
            // What engines of before 2021 say in place of a conflict.
            if (!isRunning(client, id)) {
                throw refused;
            }
        }
    }

    private static boolean isRunning(DockerClient client, String id) {
        ContainerState state = client.inspectContainerCmd(id).exec().getState();
        return Boolean.TRUE.equals(state.getRunning()) && !Boolean.TRUE.equals(state.getPaused());
    }

    private CompletionStage<Void> call(
            Executor pool, String verb, Optional<Tracked> tracked, String instanceId, Verb action) {
        Optional<String> id = tracked.filter(known -> !known.isDead()).flatMap(Tracked::containerId);
        if (id.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("there is no container of " + instanceId));
        }
        return connector
                .engine()
                .thenCompose(engine -> engine.call(
                        pool,
                        verb + " the container of " + instanceId,
                        settings.times().call(),
                        client -> {
                            action.on(client, id.get());
                            return true;
                        }))
                .thenAccept(done -> {});
    }
}
