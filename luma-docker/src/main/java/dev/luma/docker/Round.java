package dev.luma.docker;

import com.github.dockerjava.api.model.Container;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at what the engine holds of this Luma's, when the connection is new and now and then: an instance whose
 * container does not run any more is told to have ended, and containers that belong to no instance are removed (those of
 * an earlier run, and what failed starts have left). Nothing that another Luma or a person made is ever touched.
 */
final class Round {

    private static final Logger LOG = LoggerFactory.getLogger(Round.class);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Fleet fleet;
    private final Exits exits;
    private final Removal removal;
    private final Sandboxes sandboxes;
    private final Keeper keeper;

    Round(
            DockerSettings settings,
            DockerThreads threads,
            Fleet fleet,
            Exits exits,
            Removal removal,
            Sandboxes sandboxes,
            Keeper keeper) {
        this.settings = settings;
        this.threads = threads;
        this.fleet = fleet;
        this.exits = exits;
        this.removal = removal;
        this.sandboxes = sandboxes;
        this.keeper = keeper;
    }

    /** Done when everything was looked at; the removals go on. Fails if the engine does not answer. */
    CompletionStage<Void> go(Engine engine) {
        // Taken before the engine is asked, so that what begins meanwhile is not missed in an answer that is older.
        List<Tracked> running = fleet.those(Tracked::isRunning);
        List<Tracked> left = fleet.those(Tracked::isLeft);
        List<Kept> kept = keeper.all();
        List<Place.Sandbox> waiting = sandboxes.waiting();
        return engine.call(
                        threads.calls(),
                        "list the containers",
                        settings.times().call(),
                        client -> Removal.list(client, Map.of(Labels.OWNER, settings.owner())))
                .thenAccept(found -> {
                    Map<String, String> states = states(found);
                    tellEnds(engine, running, states);
                    sandboxes.lookedAt(engine, waiting, states);
                    keeper.lookedAt(engine, kept, states);
                    sweep(engine, left, found);
                });
    }

    private void forget(Engine engine, Tracked tracked) {
        tracked.sandbox().ifPresent(sandbox -> sandboxes.discard(engine, sandbox));
        keeper.gone(tracked.madeFor());
        fleet.forget(tracked);
    }

    /** First those that run: what is kept of one is known before it is forgotten. */
    private boolean isNeeded(String instance) {
        return fleet.find(instance).isPresent() || keeper.knows(instance);
    }

    private static Map<String, String> states(List<Container> found) {
        Map<String, String> states = new HashMap<>();
        found.forEach(container -> states.put(container.getId(), Objects.requireNonNullElse(container.getState(), "")));
        return states;
    }

    private void tellEnds(Engine engine, List<Tracked> running, Map<String, String> states) {
        for (Tracked tracked : running) {
            String state = tracked.containerId().map(states::get).orElse("gone");
            Optional<Place.Sandbox> sandbox = tracked.sandbox();
            if (!"running".equals(state) && !"paused".equals(state)) {
                exits.ended(engine, tracked, OptionalLong.empty());
            } else if (sandbox.isPresent()
                    && !"running".equals(states.get(sandbox.get().containerId()))) {
                exits.cutOff(tracked);
            }
        }
    }

    private void sweep(Engine engine, List<Tracked> left, List<Container> found) {
        List<String> orphans = new ArrayList<>();
        List<String> leftBehind = left.stream().map(Tracked::madeFor).toList();
        for (Container container : found) {
            Map<String, String> labels = container.getLabels();
            boolean needed = Labels.instance(labels)
                            .filter(instance -> isNeeded(instance) && !leftBehind.contains(instance))
                            .isPresent()
                    || Labels.sandbox(labels).filter(sandboxes::knows).isPresent();
            // The label is looked at once more: what is removed is removed for good.
            if (Labels.ownedBy(settings.owner(), labels) && !needed) {
                orphans.add(container.getId());
            }
        }
        if (!orphans.isEmpty()) {
            LOG.info("Removing {} containers that no project needs any more", orphans.size());
        }
        removal.removeAll(engine, orphans).whenComplete((done, error) -> {
            if (error == null) {
                left.forEach(tracked -> forget(engine, tracked));
            } else {
                LOG.warn(
                        "Not every container could be removed ({}); trying again later",
                        Words.unwrap(error).getMessage());
            }
        });
    }
}
