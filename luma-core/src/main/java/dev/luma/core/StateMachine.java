package dev.luma.core;

import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.ProjectState.Retiring;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Decides: {@code step(state, event, now) -> (state, effects)}, a pure function. The diagram is at
 * {@link ProjectState}.
 *
 * @param instancePrefix a word in the ids of instances that tells this registration in this run of Luma from others
 * @param startTimeout how long the endpoint of a container is tried
 */
record StateMachine(String instancePrefix, Duration startTimeout) {

    Step step(ProjectState state, Event event, long now) {
        if (event instanceof Event.Demand) {
            return demand(state, now);
        } else if (event instanceof Event.ImageThere there) {
            return imageThere(state, there.instance(), now);
        } else if (event instanceof Event.TurnCame turn) {
            return turnCame(state, turn.instance(), now);
        } else if (event instanceof Event.Deserted) {
            return deserted(state);
        } else if (event instanceof Event.StartEntered entered) {
            return entered(state, entered, now);
        } else if (event instanceof Event.Addressed addressed) {
            return addressed(state, addressed, now);
        } else if (event instanceof Event.ImageKnown known) {
            return imageKnown(state, known);
        } else if (event instanceof Event.Seen seen) {
            return seen(state, seen);
        } else if (event instanceof Event.Ready ready) {
            return ready(state, ready, now);
        } else if (event instanceof Event.StartFailed failed) {
            return Failing.startFailed(state, failed, now);
        } else if (event instanceof Event.StartOverdue overdue) {
            return Failing.startOverdue(state, overdue.instance(), startTimeout, now);
        } else if (event instanceof Event.Ended ended) {
            return Failing.ended(state, ended.instance(), now);
        } else if (event instanceof Event.Exited exited) {
            return exited(state, exited, now);
        } else if (event instanceof Event.Unreachable unreachable) {
            return Failing.unreachable(state, unreachable.instance(), now);
        } else if (event instanceof Event.Outdated outdated) {
            return state.lifeOf(outdated.instance()).isPresent()
                    ? awakeIfExternal(Leaving.fallAsleep(state, Retiring.DRAINING), now)
                    : Step.of(state);
        } else if (event instanceof Event.RuntimeLost) {
            return Failing.runtimeLost(state, now);
        } else if (event instanceof Event.IdleDue due) {
            return state.isRunning(due.instance())
                    ? Step.of(state, new Effect.CloseIfIdle(due.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.IdleClosed closed) {
            return state.isRunning(closed.instance())
                    ? Leaving.idle(state.withFailures(0), closed.instance())
                    : Step.of(state);
        } else if (event instanceof Event.Paused paused) {
            return state.phase() instanceof Phase.Pausing pausing
                            && pausing.was().instance().equals(paused.instance())
                    ? Step.of(
                            state.withPhase(new Phase.Paused(pausing.was())), new Effect.WatchPause(paused.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.PauseFailed failed) {
            return state.isFrozen(failed.instance())
                    ? Leaving.stop(state, failed.instance()).in(new Phase.Asleep(true))
                    : Step.of(state);
        } else if (event instanceof Event.PauseOver over) {
            return state.isFrozen(over.instance()) ? Leaving.fallAsleep(state, Retiring.RESTING) : Step.of(state);
        } else if (event instanceof Event.ResumeFailed failed) {
            return state.starting(failed.instance()).isPresent()
                    ? Leaving.stop(state, failed.instance())
                            .in(new Phase.Asleep(true))
                            .andThen(asleep -> demand(asleep, now))
                    : Step.of(state);
        } else if (event instanceof Event.Drained drained) {
            return Leaving.drained(state, drained.instance());
        } else if (event instanceof Event.Stopped stopped) {
            return state.isStopping(stopped.instance())
                    ? Leaving.stopped(state.withoutRetiring(stopped.instance()), stopped.instance())
                    : Step.of(state);
        } else if (event instanceof Event.StopFailed failed) {
            return state.isStopping(failed.instance())
                    ? Step.of(state, new Effect.RetryStop(failed.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.StopDue due) {
            return state.isStopping(due.instance()) ? Step.of(state, new Effect.Stop(due.instance())) : Step.of(state);
        } else if (event instanceof Event.SleepRequested) {
            return Leaving.fallAsleep(state, Retiring.RESTING);
        } else if (event instanceof Event.SettingsChanged changed) {
            return awakeIfExternal(settingsChanged(state, changed.project()), now);
        } else if (event instanceof Event.PrepareFailed failed) {
            return failed.revision() == state.project().revision()
                    ? Step.of(state.withLastFailure(Optional.of(failed.failure())))
                    : Step.of(state);
        } else if (event instanceof Event.CloseRequested closed) {
            return Leaving.letGo(state, Retiring.DRAINING)
                    .in(new Phase.Closed(closed.refusal()))
                    .then(new Effect.RefuseAll(closed.refusal()));
        }
        throw new IllegalArgumentException("unknown event " + event);
    }

    private Step demand(ProjectState state, long now) {
        Phase phase = state.phase();
        if (phase instanceof Phase.Failed failed && now - failed.retryAt() < 0) {
            Duration wait = Duration.ofNanos(failed.retryAt() - now);
            return Step.of(
                    state,
                    new Effect.RefuseAll(new Refusal(Refusal.Reason.START_FAILED, failed.detail(), Optional.of(wait))));
        }
        if (phase instanceof Phase.Asleep || phase instanceof Phase.Failed) {
            return begin(state, now);
        }
        if (phase instanceof Phase.Running) {
            return Step.of(state, new Effect.Grant());
        }
        if (phase instanceof Phase.Paused paused) {
            Phase.Running was = paused.was();
            return Step.of(
                    state.withPhase(Phase.Starting.again(was, Way.UNPAUSE, now)),
                    new Effect.Resume(was.instance(), was.endpoint()));
        }
        if (phase instanceof Phase.Closed closed) {
            return Step.of(state, new Effect.RefuseAll(closed.refusal()));
        }
        return Step.of(state);
    }

    private Step begin(ProjectState state, long now) {
        String instance = state.project().name() + "-" + instancePrefix + "-" + state.nextInstance();
        // What Luma does not run needs no image, and is no work for the engine that others could wait for.
        boolean external = state.project().isExternal();
        WakePhase first = external ? WakePhase.START : WakePhase.IMAGE;
        return Step.of(
                state.withPhase(Phase.Starting.of(instance, state.firstWay(), first, now))
                        .withNextInstance(state.nextInstance() + 1),
                external ? new Effect.Start(instance) : new Effect.Prepare(instance));
    }

    /** Only now it stands in line: a slow pull keeps nobody else from starting. */
    private static Step imageThere(ProjectState state, String instance, long now) {
        return state.isIn(instance, WakePhase.IMAGE)
                ? entered(state, new Event.StartEntered(instance, WakePhase.LINE), now)
                        .then(new Effect.StandInLine(instance))
                : Step.of(state);
    }

    private static Step turnCame(ProjectState state, String instance, long now) {
        return state.isIn(instance, WakePhase.LINE)
                ? entered(state, new Event.StartEntered(instance, WakePhase.CREATE), now)
                        .then(new Effect.Start(instance))
                : Step.of(state);
    }

    private static Step deserted(ProjectState state) {
        return state.phase() instanceof Phase.Starting starting && starting.isInLine()
                ? Step.of(state.withPhase(new Phase.Asleep(true)))
                : Step.of(state);
    }

    private static Step entered(ProjectState state, Event.StartEntered entered, long now) {
        return state.phase() instanceof Phase.Starting starting
                        && starting.instance().equals(entered.instance())
                        && starting.step().compareTo(entered.step()) < 0
                ? Step.of(state.withPhase(starting.entered(entered.step(), now)))
                : Step.of(state);
    }

    private Step addressed(ProjectState state, Event.Addressed addressed, long now) {
        boolean moved = state.lifeOf(addressed.instance())
                .filter(life -> !life.endpoint().equals(addressed.endpoint()))
                .isPresent();
        if (moved) {
            // It had answered before its start came to nothing, and was made again elsewhere: whoever has a lease has
            // it
            // for where it was, so another takes its place.
            return Leaving.giveUp(state, addressed.instance()).andThen(asleep -> demand(asleep, now));
        }
        return state.starting(addressed.instance())
                .filter(starting -> !starting.ended())
                .map(starting -> tryAt(state, starting.by(addressed.way(), now), addressed.endpoint()))
                .orElse(Step.of(state));
    }

    private static Step tryAt(ProjectState state, Phase.Starting starting, Endpoint endpoint) {
        return Step.of(state.withPhase(starting.triedAt(endpoint)), new Effect.Probe(starting.instance(), endpoint));
    }

    private static Step imageKnown(ProjectState state, Event.ImageKnown known) {
        boolean booted = state.lifeOf(known.instance()).isPresent();
        return booted || state.isStarting(known.instance())
                ? Step.of(state.withBoots(state.boots().ofImage(known.image(), booted)))
                : Step.of(state);
    }

    private static Step seen(ProjectState state, Event.Seen seen) {
        return state.starting(seen.instance())
                .flatMap(starting -> starting.seeing(seen.what()))
                .map(starting -> Step.of(state.withPhase(starting)))
                .orElse(Step.of(state));
    }

    private static Step ready(ProjectState state, Event.Ready ready, long now) {
        if (!(state.phase() instanceof Phase.Starting starting)
                || !starting.instance().equals(ready.instance())
                || starting.ended()) {
            return Step.of(state);
        }
        Phase.Running running = state.lifeOf(ready.instance())
                .orElseGet(() -> new Phase.Running(ready.instance(), ready.endpoint(), now));
        Boot boot = starting.boot().ready(now);
        Effect open = new Effect.Open(ready.instance(), ready.endpoint(), boot);
        // One that had only fallen silent says nothing about how long a wake takes.
        boolean woke = starting.before().isEmpty() || boot.way() == Way.UNPAUSE;
        return new Step(
                state.withPhase(running)
                        .withLastFailure(Optional.empty())
                        .withBoots(woke ? state.boots().with(boot) : state.boots()),
                state.project().isExternal()
                        ? List.of(open, new Effect.Grant())
                        : List.of(open, new Effect.WatchIdle(ready.instance()), new Effect.Grant()));
    }

    private Step exited(ProjectState state, Event.Exited exited, long now) {
        Step step = Failing.exited(state, exited, now);
        // It was wanted a moment ago, perhaps by nobody who waits in the line.
        boolean again = state.phase() instanceof Phase.Starting starting
                && starting.before().isEmpty()
                && step.state().phase() instanceof Phase.Asleep;
        return again ? step.andThen(asleep -> demand(asleep, now)) : step;
    }

    private static Step settingsChanged(ProjectState state, Project project) {
        Phase phase = state.phase();
        ProjectState changed = state.withProject(project).withFailures(0);
        if (phase instanceof Phase.Closed) {
            return Step.of(state);
        }
        if (phase instanceof Phase.Failed || !project.runsLike(state.project())) {
            return Leaving.fallAsleep(
                    changed.withLastFailure(Optional.empty()).withBoots(boots(state.boots(), state.project(), project)),
                    Retiring.DRAINING);
        }
        if (phase instanceof Phase.Starting starting
                && starting.trial().isPresent()
                && !project.waking().readiness().equals(state.project().waking().readiness())) {
            // Who corrects a path must not wait until the wrong one has been tried for long enough.
            return tryAt(changed, starting, starting.trial().get().endpoint());
        }
        if (state.frozen().isPresent()) {
            return project.waking().pauses() ? Step.of(changed) : Leaving.fallAsleep(changed, Retiring.RESTING);
        }
        return phase instanceof Phase.Running running && !project.isExternal()
                ? Step.of(changed, new Effect.CloseIfIdle(running.instance()))
                : Step.of(changed);
    }

    /** What is still worth knowing of the wakes until now. */
    private static BootHistory boots(BootHistory until, Project before, Project after) {
        if (after.runsLike(before)) {
            return until;
        }
        return after.needsOtherImageThan(before) ? until.ofNextImage() : BootHistory.NONE;
    }

    /** What Luma does not run is always awake: nobody has to ask for it. */
    private Step awakeIfExternal(Step step, long now) {
        return step.state().project().isExternal() && step.state().phase() instanceof Phase.Asleep
                ? step.andThen(asleep -> demand(asleep, now))
                : step;
    }
}
