package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.luma.core.Project;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops and removes containers: the signal, the grace period, the removal, which kills what still runs. No thread waits
 * during the grace period.
 */
final class Stopper {

    private static final Logger LOG = LoggerFactory.getLogger(Stopper.class);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Connector connector;
    private final Fleet fleet;
    private final Removal removal;
    private final Sandboxes sandboxes;
    private final Keeper keeper;
    private final Underway clearing = new Underway();

    Stopper(
            DockerSettings settings,
            DockerThreads threads,
            Connector connector,
            Fleet fleet,
            Removal removal,
            Sandboxes sandboxes,
            Keeper keeper) {
        this.settings = settings;
        this.threads = threads;
        this.connector = connector;
        this.fleet = fleet;
        this.removal = removal;
        this.sandboxes = sandboxes;
        this.keeper = keeper;
    }

    CompletionStage<Void> stop(Tracked tracked, Duration grace) {
        if (tracked.abandon()) {
            return forget(tracked);
        }
        return tracked.stopOnce(() -> tracked.settled()
                .thenCompose(settled -> askToEnd(tracked, grace))
                .thenCompose(ended -> removeAll(tracked)));
    }

    /** The same, but the container is kept for the next start if it ends well. */
    CompletionStage<Void> sleep(Tracked tracked, Project now, Duration grace) {
        if (tracked.abandon()) {
            return forget(tracked);
        }
        return tracked.stopOnce(() -> tracked.settled()
                .thenCompose(settled -> askToEnd(tracked, grace))
                .thenCompose(ended -> connector.engine())
                .thenCompose(engine -> keeper.keep(engine, tracked, now))
                .thenCompose(kept -> kept ? forget(tracked) : removeAll(tracked)));
    }

    private CompletionStage<Void> forget(Tracked tracked) {
        fleet.forget(tracked);
        return CompletableFuture.completedFuture(null);
    }

    /** Removes what a failed start has left. If the engine does not do it now, the next round will. */
    void clearUp(Tracked tracked) {
        clearing.add(tracked.stopOnce(() -> removeAll(tracked)).exceptionally(error -> {
            LOG.debug("What is left of {} will be removed later", tracked.instanceId(), error);
            return null;
        }));
    }

    /** Done when nothing of what failed starts have left is being removed any more. */
    CompletionStage<Void> cleared() {
        return clearing.over();
    }

    private CompletionStage<Void> removeAll(Tracked tracked) {
        return connector
                .engine()
                .thenCompose(
                        engine -> removeFrom(engine, tracked.instanceId(), tracked.containerId(), tracked.sandbox()))
                .thenAccept(gone -> {
                    keeper.gone(tracked.madeFor());
                    fleet.forget(tracked);
                });
    }

    /** The container, and then the sandbox that it was in. */
    CompletionStage<Void> removeFrom(
            Engine engine, String instanceId, Optional<String> containerId, Optional<Place.Sandbox> sandbox) {
        return removal.removeInstance(engine, instanceId, containerId)
                .thenCompose(gone -> sandbox.map(was -> sandboxes.discard(engine, was))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private CompletionStage<Void> askToEnd(Tracked tracked, Duration grace) {
        Optional<String> id = tracked.containerId();
        if (id.isEmpty() || !tracked.isRunning() || tracked.isDead() || grace.isZero()) {
            return CompletableFuture.completedFuture(null);
        }
        return connector
                .engine()
                .thenCompose(engine -> engine.call(
                        threads.stops(),
                        "signal the container of " + tracked.instanceId(),
                        settings.times().call(),
                        client -> signal(client, id.get(), tracked)))
                .thenCompose(sent -> sent
                        ? Pause.until(tracked.death(), grace, threads.timer())
                        : CompletableFuture.completedFuture(null));
    }

    /** False if it does not run any more. */
    private static boolean signal(DockerClient client, String id, Tracked tracked) {
        try {
            client.killContainerCmd(id).withSignal(tracked.stopSignal()).exec();
            if (tracked.isFrozen()) {
                // It hears the signal as soon as it goes on, and before it does anything else.
                goOn(client, id);
            }
            return true;
        } catch (NotFoundException | ConflictException ended) {
            return false;
        }
    }

    private static void goOn(DockerClient client, String id) {
        try {
            client.unpauseContainerCmd(id).exec();
        } catch (ConflictException | InternalServerErrorException notFrozen) {
            LOG.trace("{} went on with the signal, as some engines have it", id);
        }
    }
}
