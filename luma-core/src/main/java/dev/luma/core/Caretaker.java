package dev.luma.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what the {@link StateMachine} asks to be done with the instances of one project: gates, timers, pauses,
 * stops, and through its {@link Awakener} all that a start takes. Confined to the project's mailbox.
 */
final class Caretaker {

    private static final Duration STOP_RETRY = Duration.ofSeconds(5);

    private final Upstream.World world;
    private final Consumer<Event> mailbox;
    private final Awakener awakener;
    private final Queue<Event> followUps = new ArrayDeque<>(1);
    private final Map<String, Instance> instances = new HashMap<>();
    private final Map<String, Scheduler.Cancellable> drainTimers = new HashMap<>();
    private Duration drainTimeout;
    private Scheduler.Cancellable idleTimer = Scheduler.Cancellable.NONE;
    private Scheduler.Cancellable pauseTimer = Scheduler.Cancellable.NONE;
    private Scheduler.Cancellable againTimer = Scheduler.Cancellable.NONE;
    /** Counts it among the paused of the host, the longest of which are stopped when memory is short. */
    private Scheduler.Cancellable pause = Scheduler.Cancellable.NONE;

    /** @param mailbox takes, from any thread, what happens later */
    Caretaker(Upstream.World world, Consumer<Event> mailbox) {
        this.world = world;
        this.mailbox = mailbox;
        this.awakener = new Awakener(world, mailbox);
        this.drainTimeout = world.limits().drainTimeout();
    }

    /** The instance that takes requests in this phase, or null. */
    @Nullable
    Instance ready(Phase phase) {
        return phase instanceof Phase.Running running ? instances.get(running.instance()) : null;
    }

    /** All that were ready once and of which something is left. */
    List<Instance> instances() {
        return List.copyOf(instances.values());
    }

    /** What has happened at once while effects were carried out, in order; null when that was all. */
    @Nullable
    Event nextFollowUp() {
        return followUps.poll();
    }

    /** From now on requests in flight have this long. */
    void drainWithin(Duration limit) {
        drainTimeout = limit;
    }

    /** The turn for which the project waits, or that it has; null when it is not about to start. */
    StartLine.@Nullable Turn turn() {
        return awakener.turn();
    }

    /** Makes room for others that want to start, as soon as this one does not need it; last of all, when a stop is asked for. */
    void endTurnUnlessNeededIn(Phase phase) {
        awakener.endTurnUnlessNeededIn(phase);
    }

    /** Calls off what was set going for a phase that is over. */
    void enter(Phase phase) {
        if (!(phase instanceof Phase.Starting)) {
            awakener.stopTrying();
        }
        if (!(phase instanceof Phase.Running)) {
            idleTimer.cancel();
        }
        if (!(phase instanceof Phase.Paused)) {
            pauseTimer.cancel();
            pause.cancel();
            pause = Scheduler.Cancellable.NONE;
        }
        if (!(phase instanceof Phase.Failed)) {
            againTimer.cancel();
        }
    }

    void carryOut(Effect effect, Project project) {
        if (effect instanceof Effect.Prepare prepare) {
            awakener.prepare(prepare.instance(), project);
        } else if (effect instanceof Effect.StandInLine stand) {
            awakener.standInLine(stand.instance());
        } else if (effect instanceof Effect.Start start) {
            awakener.start(start.instance(), project);
        } else if (effect instanceof Effect.Probe asked) {
            awakener.probe(asked.instance(), asked.endpoint(), project);
        } else if (effect instanceof Effect.StopTrying) {
            awakener.stopTrying();
        } else if (effect instanceof Effect.Open open) {
            open(open.instance(), open.endpoint(), open.boot(), project);
        } else if (effect instanceof Effect.Suspend suspend) {
            Instance instance = instances.get(suspend.instance());
            if (instance != null) {
                instance.gate().close();
            }
        } else if (effect instanceof Effect.Drain drain) {
            drain(drain.instance());
        } else if (effect instanceof Effect.WatchIdle watch) {
            watchIdle(watch.instance(), idleTimeout(project));
        } else if (effect instanceof Effect.CloseIfIdle close) {
            closeIfIdle(close.instance(), idleTimeout(project));
        } else if (effect instanceof Effect.Pause pause) {
            tell(
                    world.runtime().pause(pause.instance()),
                    new Event.Paused(pause.instance()),
                    new Event.PauseFailed(pause.instance()));
        } else if (effect instanceof Effect.WatchPause watch) {
            Duration limit =
                    project.waking().pauseTimeout().orElse(world.limits().pauseTimeout());
            pauseTimer.cancel();
            Event over = new Event.PauseOver(watch.instance());
            pauseTimer = after(limit, over);
            pause = world.memory().paused(project.name(), watch.instance(), () -> mailbox.accept(over));
        } else if (effect instanceof Effect.Resume resume) {
            tell(
                    world.runtime().resume(resume.instance()),
                    new Event.Ready(resume.instance(), resume.endpoint()),
                    new Event.ResumeFailed(resume.instance()));
        } else if (effect instanceof Effect.Check check) {
            check(check.instance());
        } else if (effect instanceof Effect.Stop stop) {
            stop(
                    stop.instance(),
                    world.runtime().stop(stop.instance(), world.limits().stopGrace()));
        } else if (effect instanceof Effect.Sleep sleep) {
            stop(
                    sleep.instance(),
                    world.runtime()
                            .sleep(sleep.instance(), project, world.limits().stopGrace()));
        } else if (effect instanceof Effect.MakeAhead) {
            world.runtime().makeAhead(project);
        } else if (effect instanceof Effect.StartAgain again) {
            againTimer.cancel();
            againTimer = after(again.delay(), new Event.Demand());
        } else if (effect instanceof Effect.RetryStop retry) {
            after(STOP_RETRY, new Event.StopDue(retry.instance()));
        } else if (effect instanceof Effect.Forget forget) {
            instances.remove(forget.instance());
        } else {
            throw new IllegalArgumentException("unknown effect " + effect);
        }
    }

    private void open(String id, Endpoint endpoint, Boot boot, Project project) {
        Instance instance = instances.computeIfAbsent(
                id,
                absent -> new Instance(
                        id,
                        project.revision(),
                        endpoint,
                        boot,
                        world.ticker(),
                        drained -> mailbox.accept(new Event.Drained(drained.id())),
                        lost -> mailbox.accept(new Event.Unreachable(lost.id()))));
        instance.cameUp(boot);
        instance.gate().reopen();
    }

    private void drain(String id) {
        Instance instance = instances.get(id);
        if (instance == null || instance.gate().close()) {
            followUps.add(new Event.Drained(id));
        } else {
            drainTimers.put(id, after(drainTimeout, new Event.Drained(id)));
        }
    }

    private void check(String id) {
        world.runtime().check(id).whenComplete((answered, error) -> {
            if (error != null || !answered) {
                mailbox.accept(new Event.RuntimeLost());
            }
        });
    }

    private void stop(String id, CompletionStage<Void> call) {
        Scheduler.Cancellable drainTimer = drainTimers.remove(id);
        if (drainTimer != null) {
            drainTimer.cancel();
        }
        world.memory().stops(id, call);
        tell(call, new Event.Stopped(id), new Event.StopFailed(id));
    }

    private void tell(CompletionStage<Void> call, Event done, Event failed) {
        call.whenComplete((nothing, error) -> mailbox.accept(error == null ? done : failed));
    }

    private Duration idleTimeout(Project project) {
        return project.waking().idleTimeout().orElse(world.limits().idleTimeout());
    }

    private void watchIdle(String id, Duration wait) {
        idleTimer.cancel();
        idleTimer = after(wait, new Event.IdleDue(id));
    }

    private void closeIfIdle(String id, Duration timeout) {
        Instance instance = instances.get(id);
        if (instance == null) {
            return;
        }
        if (instance.inFlight() > 0) {
            watchIdle(id, timeout);
            return;
        }
        long left = instance.lastUsed() + timeout.toNanos() - world.ticker().nanos();
        if (left > 0) {
            watchIdle(id, Duration.ofNanos(left));
        } else if (instance.gate().closeIfIdle()) {
            followUps.add(new Event.IdleClosed(id));
        } else {
            watchIdle(id, timeout);
        }
    }

    private Scheduler.Cancellable after(Duration delay, Event event) {
        return world.scheduler().schedule(() -> mailbox.accept(event), delay);
    }
}
