package dev.luma.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and starts a container: image, create, start, address. The address is told when the start call has returned: the
 * engine knows it earlier, but a connection that is tried before the container's interface is up waits a second for the
 * kernel to ask for its hardware address again, and an app listens a few milliseconds before the call returns at best.
 */
final class Starter {

    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Connector connector;
    private final Images images;
    private final Exits exits;
    private final Stopper stopper;

    Starter(
            DockerSettings settings,
            DockerThreads threads,
            Connector connector,
            Images images,
            Exits exits,
            Stopper stopper) {
        this.settings = settings;
        this.threads = threads;
        this.connector = connector;
        this.images = images;
        this.exits = exits;
        this.stopper = stopper;
    }

    /** Thrown through the stages when a stop has overtaken the start. */
    private static final class AbandonedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    void start(Tracked tracked) {
        tracked.listener().entered(WakePhase.IMAGE);
        String image = tracked.project().container().image();
        connector
                .engine()
                .thenCompose(engine -> images.ensure(engine, image)
                        .thenCompose(there -> make(engine, tracked))
                        .thenCompose(id -> run(engine, tracked, id)))
                .whenComplete((done, error) -> {
                    if (error != null) {
                        fail(tracked, Words.unwrap(error));
                    }
                });
    }

    private CompletionStage<String> make(Engine engine, Tracked tracked) {
        if (!tracked.beginMaking()) {
            throw new AbandonedException();
        }
        tracked.listener().entered(WakePhase.CREATE);
        return create(engine, tracked)
                // The image was there when it was last seen; now the engine does not know it any more.
                .exceptionallyCompose(error -> Words.unwrap(error) instanceof NotFoundException
                        ? createWithImage(engine, tracked)
                        : CompletableFuture.failedFuture(error))
                .thenApply(id -> {
                    tracked.made(id);
                    if (tracked.isAbandoned()) {
                        throw new AbandonedException();
                    }
                    return id;
                });
    }

    private CompletionStage<String> createWithImage(Engine engine, Tracked tracked) {
        String image = tracked.project().container().image();
        images.forget(image);
        return images.ensure(engine, image).thenCompose(there -> {
            if (tracked.isAbandoned()) {
                throw new AbandonedException();
            }
            return create(engine, tracked);
        });
    }

    private CompletionStage<String> create(Engine engine, Tracked tracked) {
        ContainerSpec spec = new ContainerSpec(settings.owner(), tracked.instanceId(), tracked.project());
        return engine.call(
                threads.starts(),
                "create the container of " + tracked.instanceId(),
                settings.times().start(),
                client -> spec.command(client, engine.facts()).exec().getId());
    }

    private CompletionStage<Void> run(Engine engine, Tracked tracked, String id) {
        tracked.listener().entered(WakePhase.START);
        return engine.call(
                        threads.starts(),
                        "start the container of " + tracked.instanceId(),
                        settings.times().start(),
                        client -> {
                            client.startContainerCmd(id).exec();
                            return client.inspectContainerCmd(id).exec();
                        })
                .thenAccept(container -> address(engine, tracked, container));
    }

    private void address(Engine engine, Tracked tracked, InspectContainerResponse container) {
        Addresses.stopSignal(container).ifPresent(tracked::stopsWith);
        if (!Boolean.TRUE.equals(container.getState().getRunning())) {
            tracked.started();
            exits.ended(engine, tracked, OptionalLong.empty());
            return;
        }
        Optional<Endpoint> endpoint = Addresses.endpoint(
                container, engine.facts(), tracked.project().source().port());
        if (endpoint.isEmpty()) {
            throw new CompletionException(new StartFailureException(Failures.withoutAddress(tracked.project())));
        }
        tracked.started();
        if (!tracked.isAbandoned() && !tracked.isDead()) {
            tracked.listener().addressed(endpoint.get());
        }
    }

    /** The start has come to its end without a container that runs. */
    void fail(Tracked tracked, Throwable error) {
        tracked.failed();
        if (error instanceof AbandonedException || !tracked.claimEnd()) {
            return;
        }
        if (!(error instanceof StartFailureException)) {
            LOG.warn("The start of {} failed: {}", tracked.instanceId(), error.toString());
        }
        tracked.listener().failed(Failures.of(tracked.project(), error));
        stopper.clearUp(tracked);
    }
}
