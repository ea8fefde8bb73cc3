package dev.luma.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.Endpoint;
import dev.luma.core.Way;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and starts a container: image, place, create, start, address. One that is kept is only started.
 *
 * <p>The address of a container in a sandbox is known and its interface is up before the container is there, so it is told
 * at once, and the app's first answer is not missed by a millisecond. The address of any other is told when the start call
 * has returned: the engine knows it earlier, but a connection that is tried before the container's interface is up waits a
 * second for the kernel to ask for its hardware address again, and an app listens a few milliseconds before the call
 * returns at best.
 */
final class Starter {

    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Connector connector;
    private final Images images;
    private final Networks networks;
    private final Sandboxes sandboxes;
    private final Keeper keeper;
    private final Exits exits;
    private final Stopper stopper;

    Starter(
            DockerSettings settings,
            DockerThreads threads,
            Connector connector,
            Images images,
            Networks networks,
            Sandboxes sandboxes,
            Keeper keeper,
            Exits exits,
            Stopper stopper) {
        this.settings = settings;
        this.threads = threads;
        this.connector = connector;
        this.images = images;
        this.networks = networks;
        this.sandboxes = sandboxes;
        this.keeper = keeper;
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
                .thenCompose(engine -> images.ensure(engine, image).thenCompose(there -> {
                    if (!tracked.beginMaking()) {
                        throw new AbandonedException();
                    }
                    return keeper.take(engine, tracked.project())
                            .thenCompose(kept -> kept.isPresent()
                                    ? runAgain(engine, tracked, kept.get())
                                    : makeAndRun(engine, tracked));
                }))
                .whenComplete((done, error) -> {
                    sandboxes.fillSoon();
                    if (error != null) {
                        fail(tracked, Words.unwrap(error));
                    }
                });
    }

    /** What is kept is only to be started. Should that fail, whatever the reason, then a new one has to do. */
    private CompletionStage<Void> runAgain(Engine engine, Tracked tracked, Kept kept) {
        tracked.adopt(kept);
        if (tracked.isAbandoned()) {
            throw new AbandonedException();
        }
        return run(engine, tracked, kept.sandbox(), kept.way(), kept.containerId())
                .thenAccept(runs -> rename(engine, tracked, kept))
                .exceptionallyCompose(error -> anew(engine, tracked, kept, Words.unwrap(error)));
    }

    /** So that a person finds it under the name of its instance. */
    private void rename(Engine engine, Tracked tracked, Kept kept) {
        CompletionStage<Boolean> renaming = engine.call(
                threads.calls(),
                "rename the container of " + tracked.instanceId(),
                settings.times().call(),
                client -> {
                    client.renameContainerCmd(kept.containerId())
                            .withName(ContainerSpec.name(tracked.instanceId()))
                            .exec();
                    return true;
                });
        renaming.exceptionally(error -> {
            LOG.debug("The container of {} keeps its old name", tracked.instanceId(), error);
            return false;
        });
    }

    private CompletionStage<Void> anew(Engine engine, Tracked tracked, Kept kept, Throwable error) {
        if (error instanceof AbandonedException || tracked.isAbandoned()) {
            return CompletableFuture.failedFuture(error);
        }
        LOG.info("What was kept for {} does not start ({}); making another", tracked.instanceId(), error.getMessage());
        tracked.unmake();
        return keeper.discard(engine, kept).thenCompose(gone -> makeAndRun(engine, tracked));
    }

    /** In a sandbox if there is one. Should just the place fail, then in another. */
    private CompletionStage<Void> makeAndRun(Engine engine, Tracked tracked) {
        Optional<Place.Sandbox> sandbox = sandboxes.take(engine);
        return sandbox.isPresent()
                ? makeAndRun(engine, tracked, sandbox.get())
                        .exceptionallyCompose(error -> sandboxes
                                .isAlive(engine, sandbox.get())
                                .thenCompose(alive -> elsewhere(engine, tracked, alive, Words.unwrap(error))))
                : networks.ensure(engine)
                        .thenCompose(network -> makeAndRun(engine, tracked, network)
                                .exceptionallyCompose(error -> networks.isThere(engine, network)
                                        .thenCompose(there -> elsewhere(engine, tracked, there, Words.unwrap(error)))));
    }

    private CompletionStage<Void> makeAndRun(Engine engine, Tracked tracked, Place place) {
        tracked.in(place);
        return make(engine, tracked, place).thenCompose(id -> run(engine, tracked, place, wayOf(place), id));
    }

    /** Starts over if the place is not there any more; otherwise it was not the place that failed. */
    private CompletionStage<Void> elsewhere(Engine engine, Tracked tracked, boolean there, Throwable error) {
        if (there || error instanceof AbandonedException || tracked.isAbandoned()) {
            return CompletableFuture.failedFuture(error);
        }
        LOG.info("The place of {} is gone ({}); taking another", tracked.instanceId(), error.getMessage());
        Optional<Place.Sandbox> left = tracked.sandbox();
        Optional<String> made = tracked.unmake();
        return stopper.removeFrom(engine, tracked.instanceId(), made, left)
                .whenComplete((gone, failed) -> {
                    if (failed != null) {
                        left.ifPresent(sandboxes::letGo);
                    }
                })
                .thenCompose(gone -> makeAndRun(engine, tracked));
    }

    private CompletionStage<String> make(Engine engine, Tracked tracked, Place place) {
        if (tracked.isAbandoned()) {
            throw new AbandonedException();
        }
        tracked.listener().entered(WakePhase.CREATE);
        return create(engine, tracked, place)
                // The image was there when it was last seen; now the engine does not know it any more.
                .exceptionallyCompose(error -> Words.unwrap(error) instanceof NotFoundException
                        ? createAnew(engine, tracked, place)
                        : CompletableFuture.failedFuture(error))
                .thenApply(id -> {
                    tracked.made(id);
                    if (tracked.isAbandoned()) {
                        throw new AbandonedException();
                    }
                    return id;
                });
    }

    private CompletionStage<String> createAnew(Engine engine, Tracked tracked, Place place) {
        String image = tracked.project().container().image();
        images.forget(image);
        return images.ensure(engine, image).thenCompose(there -> {
            if (tracked.isAbandoned()) {
                throw new AbandonedException();
            }
            return create(engine, tracked, place);
        });
    }

    private CompletionStage<String> create(Engine engine, Tracked tracked, Place place) {
        ContainerSpec spec = new ContainerSpec(settings.owner(), tracked.instanceId(), tracked.project(), place);
        return engine.call(
                threads.starts(),
                "create the container of " + tracked.instanceId(),
                settings.times().start(),
                client -> spec.command(client, engine.facts()).exec().getId());
    }

    private static Way wayOf(Place place) {
        return place instanceof Place.Sandbox ? Way.SANDBOX : Way.PLAIN;
    }

    private CompletionStage<Void> run(Engine engine, Tracked tracked, Place place, Way way, String id) {
        tracked.listener().entered(WakePhase.START);
        if (place instanceof Place.Sandbox sandbox) {
            tell(tracked, inSandbox(tracked, sandbox), way);
        }
        return engine.call(
                        threads.starts(),
                        "start the container of " + tracked.instanceId(),
                        settings.times().start(),
                        client -> {
                            client.startContainerCmd(id).exec();
                            return client.inspectContainerCmd(id).exec();
                        })
                .thenAccept(container -> runs(engine, tracked, place, container));
    }

    private void runs(Engine engine, Tracked tracked, Place place, InspectContainerResponse container) {
        Addresses.stopSignal(container).ifPresent(tracked::stopsWith);
        tracked.startedAt(Addresses.startSecond(container));
        if (!Boolean.TRUE.equals(container.getState().getRunning())) {
            tracked.started();
            exits.ended(engine, tracked, OptionalLong.empty());
            return;
        }
        Optional.ofNullable(container.getImageId()).ifPresent(tracked.listener()::runs);
        if (place instanceof Place.Sandbox sandbox) {
            tracked.started();
            tracked.listener().entered(WakePhase.READY);
            // Whoever hears of a sandbox's end looks for a container that runs in it, which it did not do until now.
            if (sandbox.isDead()) {
                exits.cutOff(tracked);
            }
            return;
        }
        Endpoint endpoint = Addresses.endpoint(
                        container, engine.facts(), tracked.project().source().port())
                .orElseThrow(() ->
                        new CompletionException(new StartFailureException(Failures.withoutAddress(tracked.project()))));
        tracked.started();
        tracked.listener().entered(WakePhase.READY);
        tell(tracked, endpoint, Way.PLAIN);
    }

    private static void tell(Tracked tracked, Endpoint endpoint, Way way) {
        if (!tracked.isAbandoned() && !tracked.isDead()) {
            tracked.listener().addressed(endpoint, way);
        }
    }

    private static Endpoint inSandbox(Tracked tracked, Place.Sandbox sandbox) {
        return new Endpoint(sandbox.address(), tracked.project().source().port(), Endpoint.Reach.DIRECT);
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
        // First, so that whoever hears of it and leaves waits for this.
        stopper.clearUp(tracked);
        tracked.listener().failed(Failures.of(tracked.project(), error));
    }
}
