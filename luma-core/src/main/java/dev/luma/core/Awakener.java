package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the {@link Caretaker} that brings an instance up, one at a time: its image, its turn among all projects,
 * its start, and the trial of its endpoint. Confined to the project's mailbox.
 */
final class Awakener {

    private static final Logger LOG = LoggerFactory.getLogger(Awakener.class);

    private final Upstream.World world;
    private final Consumer<Event> mailbox;
    private @Nullable InLine place;
    private Scheduler.Cancellable probe = Scheduler.Cancellable.NONE;
    private Scheduler.Cancellable startTimer = Scheduler.Cancellable.NONE;

    /** For which instance the project stands in the line of those that want to start, or has had its turn. */
    private record InLine(String instance, StartLine.Turn turn) {
        /** Until the engine has done its part: how long the app then takes to answer is nothing that others wait for. */
        boolean isNeededIn(Phase phase) {
            return phase instanceof Phase.Starting starting
                    && starting.instance().equals(instance)
                    && starting.step() != WakePhase.READY;
        }
    }

    /** @param mailbox takes, from any thread, what happens later */
    Awakener(Upstream.World world, Consumer<Event> mailbox) {
        this.world = world;
        this.mailbox = mailbox;
    }

    /** The turn for which the project waits, or that it has; null when it is not about to start. */
    StartLine.@Nullable Turn turn() {
        InLine standing = place;
        return standing == null ? null : standing.turn();
    }

    /** Makes room for others that want to start, as soon as this one does not need it; last of all, when a stop is asked for. */
    void endTurnUnlessNeededIn(Phase phase) {
        InLine standing = place;
        if (standing != null && !standing.isNeededIn(phase)) {
            place = null;
            standing.turn().end();
        }
    }

    void prepare(String id, Project project) {
        world.runtime()
                .prepare(project)
                .whenComplete((done, error) -> mailbox.accept(
                        error == null ? new Event.ImageThere(id) : new Event.StartFailed(id, failure(project, error))));
    }

    private static StartFailure failure(Project project, Throwable error) {
        return StartFailureException.in(error).orElseGet(() -> {
            LOG.error("Getting the image of {} failed", project.name(), error);
            return new StartFailure(
                    Refusal.Reason.START_FAILED,
                    "the image of " + project.name() + " could not be got; Luma's log says why",
                    List.of());
        });
    }

    void standInLine(String id) {
        place = new InLine(id, world.starts().enter(() -> mailbox.accept(new Event.TurnCame(id))));
    }

    void start(String id, Project project) {
        world.runtime().start(id, project, new StartEvents(id));
    }

    void probe(String id, Endpoint endpoint, Project project) {
        Duration limit = project.startTimeout(world.limits().startTimeout());
        stopTrying();
        startTimer = world.scheduler().schedule(() -> mailbox.accept(new Event.StartOverdue(id)), limit);
        probe = world.probe()
                .await(
                        new ReadinessProbe.Target(
                                endpoint, project.hostname(), project.waking().readiness()),
                        new ProbeEvents(id, endpoint));
    }

    void stopTrying() {
        probe.cancel();
        startTimer.cancel();
    }

    /** Turns what a probe tells into events. */
    private final class ProbeEvents implements ReadinessProbe.Listener {
        private final String instance;
        private final Endpoint endpoint;

        ProbeEvents(String instance, Endpoint endpoint) {
            this.instance = instance;
            this.endpoint = endpoint;
        }

        @Override
        public void ready() {
            mailbox.accept(new Event.Ready(instance, endpoint));
        }

        @Override
        public void seen(String what) {
            mailbox.accept(new Event.Seen(instance, what));
        }
    }

    /** Turns what the adapter tells about one start into events. */
    private final class StartEvents implements ContainerRuntime.StartListener {
        private final String instance;

        StartEvents(String instance) {
            this.instance = instance;
        }

        @Override
        public void entered(WakePhase phase) {
            mailbox.accept(new Event.StartEntered(instance, phase));
        }

        @Override
        public void addressed(Endpoint endpoint, Way way) {
            mailbox.accept(new Event.Addressed(instance, endpoint, way));
        }

        @Override
        public void runs(String imageId) {
            mailbox.accept(new Event.ImageKnown(instance, imageId));
        }

        @Override
        public void failed(StartFailure failure) {
            mailbox.accept(new Event.StartFailed(instance, failure));
        }
    }
}
