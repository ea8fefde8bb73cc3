package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network of this Luma's containers: a bridge of its own, so that they meet nobody else's. Made when it is needed
 * and removed when Luma leaves. Thread-safe.
 */
final class Networks {

    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

    private final DockerSettings settings;
    private final DockerThreads threads;

    // Guarded by this.
    private @Nullable Engine madeFor;
    private @Nullable CompletableFuture<Place> made;

    Networks(DockerSettings settings, DockerThreads threads) {
        this.settings = settings;
        this.threads = threads;
    }

    /**
     * The network, which is made if it is not there. Where the engine refuses to make one, the engine's own bridge has to
     * do.
     */
    CompletionStage<Place> ensure(Engine engine) {
        if (!engine.facts().direct()) {
            return CompletableFuture.completedFuture(new Place.Network(Reachability.BRIDGE));
        }
        CompletableFuture<Place> mine = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<Place> others = made;
            if (others != null && madeFor == engine && !others.isCompletedExceptionally()) {
                return others.copy();
            }
            made = mine;
            madeFor = engine;
        }
        CompletionStage<Place> making =
                engine.call(threads.calls(), "make a network", settings.times().start(), this::make);
        making.whenComplete((network, error) -> {
            if (error == null) {
                mine.complete(network);
            } else {
                mine.completeExceptionally(Words.unwrap(error));
            }
        });
        return mine.copy();
    }

    /** Whether the engine still has it; one that it has not is made anew for the next. */
    CompletionStage<Boolean> isThere(Engine engine, Place network) {
        return engine.call(
                        threads.calls(),
                        "look for the network",
                        settings.times().call(),
                        client -> {
                            try {
                                client.inspectNetworkCmd()
                                        .withNetworkId(network.networkMode())
                                        .exec();
                                return true;
                            } catch (NotFoundException gone) {
                                return false;
                            }
                        })
                .whenComplete((there, error) -> {
                    if (error != null || !there) {
                        forget();
                    }
                });
    }

    private synchronized void forget() {
        made = null;
    }

    /** Removes it, if nothing is in it any more. */
    CompletionStage<Void> remove(Engine engine) {
        forget();
        return engine.call(
                        threads.calls(), "remove the network", settings.times().start(), client -> {
                            found(client).forEach(network -> remove(client, network));
                            return true;
                        })
                .thenAccept(done -> {});
    }

    private Place make(DockerClient client) {
        try {
            if (found(client).isEmpty()) {
                client.createNetworkCmd()
                        .withName(name())
                        .withDriver("bridge")
                        .withCheckDuplicate(true)
                        .withLabels(Map.of(Labels.OWNER, settings.owner()))
                        .exec();
            }
            return new Place.Network(name());
        } catch (DockerException refused) {
            LOG.warn(
                    "The Docker engine made no network for Luma's containers ({}); they are on its default bridge,"
                            + " which costs them nothing but their privacy",
                    Words.refusal(refused));
            return new Place.Network(Reachability.BRIDGE);
        }
    }

    private List<Network> found(DockerClient client) {
        return client
                .listNetworksCmd()
                .withFilter("label", List.of(Labels.OWNER + "=" + settings.owner()))
                .exec()
                .stream()
                .filter(network -> name().equals(network.getName()))
                .toList();
    }

    private static void remove(DockerClient client, Network network) {
        try {
            client.removeNetworkCmd(network.getId()).exec();
        } catch (NotFoundException gone) {
            LOG.trace("The network is gone already");
        } catch (DockerException inUse) {
            LOG.warn("The network {} stays ({})", network.getName(), Words.refusal(inUse));
        }
    }

    private String name() {
        return "luma-" + settings.owner();
    }
}
