package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.ProjectState.Retiring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides: {@code step(state, event, now) -> (state, effects)}, a pure function. The diagram is at
 * {@link ProjectState}.
 *
 * @param instancePrefix a word in the ids of instances that tells this registration in this run of Luma from others
 * @param startTimeout how long the endpoint of a container is tried
 */
record StateMachine(String instancePrefix, Duration startTimeout) {

    /** The new state, and what to do, in this order. */
    record Step(ProjectState state, List<Effect> effects) {
        static Step of(ProjectState state, Effect... effects) {
            return new Step(state, List.of(effects));
        }

        private Step then(Effect effect) {
            List<Effect> all = new ArrayList<>(effects);
            all.add(effect);
            return new Step(state, List.copyOf(all));
        }

        private Step andThen(Function<ProjectState, Step> next) {
            Step last = next.apply(state);
            List<Effect> all = new ArrayList<>(effects);
            all.addAll(last.effects);
            return new Step(last.state, List.copyOf(all));
        }

        private Step in(Phase phase) {
            return new Step(state.withPhase(phase), effects);
        }
    }

    /** An instance that lived for less than this counts as a failed start, from the second time on. */
    private static final Duration YOUNG = Duration.ofSeconds(10);

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

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
            return startFailed(state, failed, now);
        } else if (event instanceof Event.StartOverdue overdue) {
            return startOverdue(state, overdue.instance(), now);
        } else if (event instanceof Event.Ended ended) {
            return ended(state, ended.instance(), now);
        } else if (event instanceof Event.Exited exited) {
            return exited(state, exited, now);
        } else if (event instanceof Event.Unreachable unreachable) {
            return unreachable(state, unreachable.instance(), now);
        } else if (event instanceof Event.Outdated outdated) {
            return lifeOf(state, outdated.instance()).isPresent()
                    ? awakeIfExternal(fallAsleep(state), now)
                    : Step.of(state);
        } else if (event instanceof Event.RuntimeLost) {
            return runtimeLost(state, now);
        } else if (event instanceof Event.IdleDue due) {
            return isRunning(state, due.instance())
                    ? Step.of(state, new Effect.CloseIfIdle(due.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.IdleClosed closed) {
            return isRunning(state, closed.instance())
                    ? idle(state.withFailures(0), closed.instance())
                    : Step.of(state);
        } else if (event instanceof Event.Paused paused) {
            return state.phase() instanceof Phase.Pausing pausing
                            && pausing.was().instance().equals(paused.instance())
                    ? Step.of(
                            state.withPhase(new Phase.Paused(pausing.was())), new Effect.WatchPause(paused.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.PauseFailed failed) {
            return isFrozen(state, failed.instance()) ? stopFrozen(state) : Step.of(state);
        } else if (event instanceof Event.PauseOver over) {
            return isFrozen(state, over.instance()) ? stopFrozen(state) : Step.of(state);
        } else if (event instanceof Event.ResumeFailed failed) {
            return starting(state, failed.instance()).isPresent()
                    ? stop(state, failed.instance()).in(new Phase.Asleep(true)).andThen(asleep -> demand(asleep, now))
                    : Step.of(state);
        } else if (event instanceof Event.Drained drained) {
            return state.retiring().get(drained.instance()) == Retiring.DRAINING
                    ? stop(state, drained.instance())
                    : Step.of(state);
        } else if (event instanceof Event.Stopped stopped) {
            return isStopping(state, stopped.instance())
                    ? Step.of(state.withoutRetiring(stopped.instance()), new Effect.Forget(stopped.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.StopFailed failed) {
            return isStopping(state, failed.instance())
                    ? Step.of(state, new Effect.RetryStop(failed.instance()))
                    : Step.of(state);
        } else if (event instanceof Event.StopDue due) {
            return isStopping(state, due.instance()) ? Step.of(state, new Effect.Stop(due.instance())) : Step.of(state);
        } else if (event instanceof Event.SleepRequested) {
            return fallAsleep(state);
        } else if (event instanceof Event.SettingsChanged changed) {
            return awakeIfExternal(settingsChanged(state, changed.project()), now);
        } else if (event instanceof Event.PrepareFailed failed) {
            return failed.revision() == state.project().revision()
                    ? Step.of(state.withLastFailure(Optional.of(failed.failure())))
                    : Step.of(state);
        } else if (event instanceof Event.CloseRequested closed) {
            return letGo(state).in(new Phase.Closed(closed.refusal())).then(new Effect.RefuseAll(closed.refusal()));
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
                state.withPhase(Phase.Starting.of(instance, firstWay(state), first, now))
                        .withNextInstance(state.nextInstance() + 1),
                external ? new Effect.Start(instance) : new Effect.Prepare(instance));
    }

    /** Only now it stands in line: a slow pull keeps nobody else from starting. */
    private static Step imageThere(ProjectState state, String instance, long now) {
        return isIn(state, instance, WakePhase.IMAGE)
                ? entered(state, new Event.StartEntered(instance, WakePhase.LINE), now)
                        .then(new Effect.StandInLine(instance))
                : Step.of(state);
    }

    private static Step turnCame(ProjectState state, String instance, long now) {
        return isIn(state, instance, WakePhase.LINE)
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

    private static Step addressed(ProjectState state, Event.Addressed addressed, long now) {
        return starting(state, addressed.instance())
                .filter(starting -> !starting.ended())
                .map(starting -> tryAt(state, starting.by(addressed.way(), now), addressed.endpoint()))
                .orElse(Step.of(state));
    }

    private static Step tryAt(ProjectState state, Phase.Starting starting, Endpoint endpoint) {
        return Step.of(state.withPhase(starting.triedAt(endpoint)), new Effect.Probe(starting.instance(), endpoint));
    }

    private static Step imageKnown(ProjectState state, Event.ImageKnown known) {
        boolean booted = lifeOf(state, known.instance()).isPresent();
        return booted || isStarting(state, known.instance())
                ? Step.of(state.withBoots(state.boots().ofImage(known.image(), booted)))
                : Step.of(state);
    }

    private static Step seen(ProjectState state, Event.Seen seen) {
        return starting(state, seen.instance())
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
        Phase.Running running = lifeOf(state, ready.instance())
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

    private Step startOverdue(ProjectState state, String instance, long now) {
        Optional<Phase.Starting> starting = starting(state, instance);
        if (starting.isEmpty() || starting.get().ended()) {
            return Step.of(state);
        }
        String detail = overdue(state.project(), starting.get().seen());
        // As old as it was when it fell silent, which is as long ago as it was tried again.
        long silent = now - state.project().startTimeout(startTimeout).toNanos();
        boolean young = lifeOf(state, instance)
                .map(life -> silent - life.since() < YOUNG.toNanos())
                .orElse(true);
        return retire(young ? state : state.withFailures(0), instance)
                .andThen(left -> failStart(left, failure(Refusal.Reason.START_FAILED, detail, List.of()), now));
    }

    private String overdue(Project project, Optional<String> seen) {
        if (project.source() instanceof Source.External external) {
            return "the upstream " + external + " of " + project.name()
                    + seen.map(what -> " is not ready: " + what).orElse(" takes no connection");
        }
        String where = " on port " + project.source().port() + " within " + Durations.format(startTimeout);
        return project.name()
                + seen.map(what -> " was not ready" + where + ": " + what).orElse(" did not answer" + where);
    }

    private static Step ended(ProjectState state, String instance, long now) {
        Optional<Phase.Starting> starting = lifeOf(state, instance)
                .map(life -> Phase.Starting.again(life, firstWay(state), now))
                .or(() -> starting(state, instance));
        return starting.isEmpty() || hasEnded(state.phase())
                ? Step.of(state)
                : Step.of(
                        state.withPhase(starting.get().over()),
                        new Effect.Suspend(instance),
                        new Effect.StopTrying(instance));
    }

    private static boolean hasEnded(Phase phase) {
        return phase instanceof Phase.Starting starting && starting.ended();
    }

    private Step exited(ProjectState state, Event.Exited exited, long now) {
        String instance = exited.instance();
        if (state.retiring().get(instance) == Retiring.DRAINING) {
            return stop(state, instance);
        }
        Optional<Phase.Running> life = lifeOf(state, instance);
        if (life.isEmpty() && !isStarting(state, instance)) {
            return Step.of(state);
        }
        String when = life.isPresent()
                ? ""
                : " before it answered on port " + state.project().source().port();
        StartFailure failure = failure(
                Refusal.Reason.START_FAILED,
                state.project().name() + " " + exited.exit().sentence() + when,
                exited.exit().lastLines());
        if (exited.exit().blameless()) {
            Step left = Step.of(state.withPhase(new Phase.Asleep(true)), new Effect.Suspend(instance))
                    .andThen(dead -> stop(dead, instance));
            // It was wanted a moment ago, perhaps by nobody who waits in the line.
            return life.isEmpty() ? left.andThen(asleep -> demand(asleep, now)) : left;
        }
        if (life.isEmpty()) {
            return stop(state, instance).andThen(left -> failStart(left, failure, now));
        }
        return died(state, life.get(), failure, now);
    }

    private Step startFailed(ProjectState state, Event.StartFailed failed, long now) {
        Optional<Phase.Running> life = lifeOf(state, failed.instance());
        if (life.isPresent() && !state.project().isExternal()) {
            // The app had answered before the engine was done with the start.
            return died(state, life.get(), failed.failure(), now);
        }
        return isStarting(state, failed.instance()) && life.isEmpty()
                ? failStart(state, failed.failure(), now)
                : Step.of(state);
    }

    private static Step died(ProjectState state, Phase.Running life, StartFailure failure, long now) {
        String instance = life.instance();
        boolean young = now - life.since() < YOUNG.toNanos();
        int failures = young ? state.failures() + 1 : 0;
        ProjectState left = state.withFailures(failures).withLastFailure(Optional.of(failure));
        // One early death is forgiven, so that a container killed by accident is back at once; a habit of it is not.
        Phase next = failures > 1
                ? new Phase.Failed(failure.detail(), now + backoff(failures - 1).toNanos())
                : new Phase.Asleep(true);
        return Step.of(left.withPhase(next), new Effect.Suspend(instance)).andThen(dead -> stop(dead, instance));
    }

    private static Step unreachable(ProjectState state, String instance, long now) {
        if (!(state.phase() instanceof Phase.Running running)
                || !running.instance().equals(instance)) {
            return Step.of(state);
        }
        return Step.of(
                state.withPhase(Phase.Starting.again(running, firstWay(state), now)),
                new Effect.Suspend(instance),
                new Effect.Probe(instance, running.endpoint()),
                new Effect.Check(instance));
    }

    private Step runtimeLost(ProjectState state, long now) {
        // Before the endpoint is known the adapter's own calls fail; after it nobody else would notice.
        boolean concerned = !state.project().isExternal() && !hasEnded(state.phase());
        if (!concerned || !(state.phase() instanceof Phase.Starting starting) || starting.step() != WakePhase.READY) {
            return Step.of(state);
        }
        String detail = "the container engine does not answer";
        return retire(state, starting.instance())
                .andThen(left -> failStart(left, failure(Refusal.Reason.RUNTIME_DOWN, detail, List.of()), now));
    }

    private static Step settingsChanged(ProjectState state, Project project) {
        Phase phase = state.phase();
        ProjectState changed = state.withProject(project).withFailures(0);
        if (phase instanceof Phase.Closed) {
            return Step.of(state);
        }
        if (phase instanceof Phase.Failed || !project.runsLike(state.project())) {
            return fallAsleep(changed.withLastFailure(Optional.empty())
                    .withBoots(boots(state.boots(), state.project(), project)));
        }
        if (phase instanceof Phase.Starting starting
                && starting.trial().isPresent()
                && !project.waking().readiness().equals(state.project().waking().readiness())) {
            // Who corrects a path must not wait until the wrong one has been tried for long enough.
            return tryAt(changed, starting, starting.trial().get().endpoint());
        }
        if (frozen(phase).isPresent()) {
            return project.waking().pauses() ? Step.of(changed) : stopFrozen(changed);
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

    private static Step fallAsleep(ProjectState state) {
        if (state.phase() instanceof Phase.Asleep || state.phase() instanceof Phase.Closed) {
            return Step.of(state);
        }
        return letGo(state.withFailures(0)).in(new Phase.Asleep(true));
    }

    /** Nobody has asked for it for long enough, and its gate is closed. */
    private static Step idle(ProjectState state, String instance) {
        return state.project().waking().pauses() && state.phase() instanceof Phase.Running running
                ? Step.of(state.withPhase(new Phase.Pausing(running)), new Effect.Pause(instance))
                : stop(state, instance).in(new Phase.Asleep(true));
    }

    private static Step stopFrozen(ProjectState state) {
        return letGo(state).in(new Phase.Asleep(true));
    }

    private static boolean isFrozen(ProjectState state, String instance) {
        return frozen(state.phase())
                .filter(was -> was.instance().equals(instance))
                .isPresent();
    }

    /** How the instance ran that is paused now, or is about to be. */
    private static Optional<Phase.Running> frozen(Phase phase) {
        if (phase instanceof Phase.Pausing pausing) {
            return Optional.of(pausing.was());
        }
        return phase instanceof Phase.Paused paused ? Optional.of(paused.was()) : Optional.empty();
    }

    /** Leaves behind whatever instance there is; the caller says what phase follows. */
    private static Step letGo(ProjectState state) {
        if (state.phase() instanceof Phase.Running running) {
            return retire(state, running.instance());
        }
        Optional<Phase.Running> frozen = frozen(state.phase());
        if (frozen.isPresent()) {
            return stop(state, frozen.get().instance());
        }
        return state.phase() instanceof Phase.Starting starting && starting.isBegun()
                ? retire(state, starting.instance())
                : Step.of(state);
    }

    private static Step retire(ProjectState state, String instance) {
        return Step.of(state.withRetiring(instance, Retiring.DRAINING), new Effect.Drain(instance));
    }

    private static Step stop(ProjectState state, String instance) {
        return Step.of(state.withRetiring(instance, Retiring.STOPPING), new Effect.Stop(instance));
    }

    private static Step failStart(ProjectState state, StartFailure failure, long now) {
        ProjectState left = state.withLastFailure(Optional.of(failure));
        if (failure.reason() == Refusal.Reason.RUNTIME_DOWN) {
            // Not the project's fault: the next request may try again at once, and learns as fast that it is down.
            return Step.of(
                    left.withPhase(new Phase.Asleep(true)),
                    new Effect.RefuseAll(
                            new Refusal(Refusal.Reason.RUNTIME_DOWN, failure.detail(), Optional.of(FIRST_BACKOFF))));
        }
        int failures = state.failures() + 1;
        Duration wait = backoff(failures);
        Step failed = Step.of(
                left.withFailures(failures).withPhase(new Phase.Failed(failure.detail(), now + wait.toNanos())),
                new Effect.RefuseAll(new Refusal(Refusal.Reason.START_FAILED, failure.detail(), Optional.of(wait))));
        return state.project().isExternal() ? failed.then(new Effect.StartAgain(wait)) : failed;
    }

    /** The way in which an instance comes up as long as nothing else is known of it. */
    private static Way firstWay(ProjectState state) {
        return state.project().isExternal() ? Way.EXTERNAL : Way.PLAIN;
    }

    private static StartFailure failure(Refusal.Reason reason, String detail, List<String> lastLines) {
        return new StartFailure(reason, detail, lastLines);
    }

    /** 1 s, 2 s, 4 s and so on up to a minute. */
    static Duration backoff(int failures) {
        return failures > 6 ? LONGEST_BACKOFF : FIRST_BACKOFF.multipliedBy(1L << Math.max(0, failures - 1));
    }

    private static boolean isStarting(ProjectState state, String instance) {
        return starting(state, instance).isPresent();
    }

    private static Optional<Phase.Starting> starting(ProjectState state, String instance) {
        return state.phase() instanceof Phase.Starting starting
                        && starting.instance().equals(instance)
                ? Optional.of(starting)
                : Optional.empty();
    }

    private static boolean isIn(ProjectState state, String instance, WakePhase step) {
        return state.phase() instanceof Phase.Starting starting
                && starting.instance().equals(instance)
                && starting.step() == step;
    }

    private static boolean isRunning(ProjectState state, String instance) {
        return state.phase() instanceof Phase.Running running
                && running.instance().equals(instance);
    }

    private static boolean isStopping(ProjectState state, String instance) {
        return state.retiring().get(instance) == Retiring.STOPPING;
    }

    /** How the instance runs, or ran until it stopped answering; empty when it has not answered yet, or is left behind. */
    private static Optional<Phase.Running> lifeOf(ProjectState state, String instance) {
        if (state.phase() instanceof Phase.Starting starting
                && starting.instance().equals(instance)) {
            return starting.before();
        }
        Optional<Phase.Running> running =
                state.phase() instanceof Phase.Running now ? Optional.of(now) : frozen(state.phase());
        return running.filter(life -> life.instance().equals(instance));
    }
}
