package dev.luma.docker;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.Listener;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells, once for each instance, that its container has ended without being asked to: how, and what it logged last. */
final class Exits {

    private static final Logger LOG = LoggerFactory.getLogger(Exits.class);

    /** Of a container that was removed from outside nothing is known but that its process was killed. */
    private static final long KILLED = 137;

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Supplier<Listener> listener;

    private record Outcome(long code, boolean outOfMemory) {}

    Exits(DockerSettings settings, DockerThreads threads, Supplier<Listener> listener) {
        this.settings = settings;
        this.threads = threads;
        this.listener = listener;
    }

    /**
     * The container of the instance has ended.
     *
     * @param code the exit code, if it is known already
     */
    void ended(Engine engine, Tracked tracked, OptionalLong code) {
        // Whoever is stopping it waits for this.
        tracked.dead();
        if (!tracked.claimEnd()) {
            return;
        }
        listener.get().ended(tracked.project().name(), tracked.instanceId());
        Optional<String> id = tracked.containerId();
        CompletionStage<Exit> exit = id.isEmpty()
                ? CompletableFuture.completedFuture(new Exit(code.orElse(KILLED), false, List.of()))
                : outcome(engine, id.get(), code)
                        .thenCombine(
                                LogTail.read(
                                        engine,
                                        id.get(),
                                        tracked.startedAt(),
                                        settings.times().call(),
                                        threads.timer()),
                                (outcome, lines) -> new Exit(outcome.code(), outcome.outOfMemory(), lines));
        exit.exceptionally(error -> {
                    LOG.warn("How {} has ended cannot be found out", tracked.instanceId(), error);
                    return new Exit(code.orElse(KILLED), false, List.of());
                })
                .thenAccept(known -> {
                    LOG.info(
                            "{} has ended by itself with code {}{}",
                            tracked.instanceId(),
                            known.code(),
                            known.outOfMemory() ? ", out of memory" : "");
                    listener.get().exited(tracked.project().name(), tracked.instanceId(), known);
                });
    }

    /** The sandbox of the instance has ended, and nothing reaches the instance any more. Whoever hears of it stops it. */
    void cutOff(Tracked tracked) {
        tracked.dead();
        if (tracked.claimEnd()) {
            LOG.info("{} has lost its sandbox", tracked.instanceId());
            listener.get()
                    .exited(tracked.project().name(), tracked.instanceId(), new Exit(KILLED, false, List.of(), true));
        }
    }

    private CompletionStage<Outcome> outcome(Engine engine, String containerId, OptionalLong code) {
        return engine.call(
                        threads.calls(),
                        "look at the container " + containerId,
                        settings.times().call(),
                        client -> outcome(
                                client.inspectContainerCmd(containerId).exec().getState(), code))
                .exceptionally(error -> {
                    if (!(Words.unwrap(error) instanceof NotFoundException)) {
                        LOG.debug("How {} ended cannot be looked up", containerId, error);
                    }
                    return new Outcome(code.orElse(KILLED), false);
                });
    }

    private static Outcome outcome(ContainerState state, OptionalLong code) {
        @Nullable Long found = state.getExitCodeLong();
        return new Outcome(
                code.orElse(Objects.requireNonNullElse(found, KILLED)), Boolean.TRUE.equals(state.getOOMKilled()));
    }
}
