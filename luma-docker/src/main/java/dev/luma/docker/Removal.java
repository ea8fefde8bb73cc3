package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Removes containers, running or not, with the volumes that nobody named. */
final class Removal {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final int LOOKS = 50;

    private final DockerSettings settings;
    private final DockerThreads threads;

    Removal(DockerSettings settings, DockerThreads threads) {
        this.settings = settings;
        this.threads = threads;
    }

    /** Done when the container is gone. */
    CompletionStage<Void> remove(Engine engine, String containerId) {
        return remove(engine, containerId, LOOKS);
    }

    /** Done when nothing is left of an instance, of whose container the id may not be known. */
    CompletionStage<Void> removeInstance(Engine engine, String instanceId, Optional<String> containerId) {
        if (containerId.isPresent()) {
            return remove(engine, containerId.get());
        }
        return removeLabelled(engine, Labels.INSTANCE, instanceId);
    }

    /** Done when nothing is left of a sandbox, or of whatever has the name of one. */
    CompletionStage<Void> removeSandbox(Engine engine, String name) {
        return removeLabelled(engine, Labels.SANDBOX, name);
    }

    private CompletionStage<Void> removeLabelled(Engine engine, String label, String value) {
        Map<String, String> labels = Map.of(Labels.OWNER, settings.owner(), label, value);
        return engine.call(
                        threads.stops(),
                        "list what is left of " + value,
                        settings.times().call(),
                        client -> list(client, labels))
                .thenCompose(found ->
                        removeAll(engine, found.stream().map(Container::getId).toList()));
    }

    /** One after the other. One that cannot be removed keeps none of the others; then it fails in the end. */
    CompletionStage<Void> removeAll(Engine engine, List<String> containerIds) {
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String id : containerIds) {
            CompletionStage<Void> before = last;
            last = before.handle((done, error) -> remove(engine, id))
                    .thenCompose(removal -> removal)
                    .thenCompose(gone -> before);
        }
        return last;
    }

    static List<Container> list(DockerClient client, Map<String, String> labels) {
        return client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(labels)
                .exec();
    }

    private CompletionStage<Void> remove(Engine engine, String containerId, int looks) {
        return engine.call(
                        threads.stops(),
                        "remove the container " + containerId,
                        settings.times().start(),
                        client -> isGone(client, containerId, looks))
                .thenCompose(
                        gone -> gone ? CompletableFuture.completedFuture(null) : later(engine, containerId, looks));
    }

    /** False when somebody else is removing it at this moment. */
    private static boolean isGone(DockerClient client, String containerId, int looks) {
        try {
            client.removeContainerCmd(containerId)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
            return true;
        } catch (NotFoundException gone) {
            return true;
        } catch (ConflictException inProgress) {
            if (looks == 0) {
                throw inProgress;
            }
            return false;
        }
    }

    private CompletionStage<Void> later(Engine engine, String containerId, int looks) {
        return Pause.of(LOOK_AGAIN, threads.timer()).thenCompose(now -> remove(engine, containerId, looks - 1));
    }
}
