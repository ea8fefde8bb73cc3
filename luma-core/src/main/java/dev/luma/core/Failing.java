package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The part of the {@link StateMachine} that is about what goes wrong. */
final class Failing {

    /** An instance that lived for less than this counts as a failed start, from the second time on. */
    private static final Duration YOUNG = Duration.ofSeconds(10);

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    private Failing() {}

    static Step startOverdue(ProjectState state, String instance, Duration startTimeout, long now) {
        Optional<Phase.Starting> starting = state.starting(instance);
        if (starting.isEmpty() || starting.get().ended()) {
            return Step.of(state);
        }
        String detail = overdue(state.project(), startTimeout, starting.get().seen());
        // As old as it was when it fell silent, which is as long ago as it was tried again.
        long silent = now - state.project().startTimeout(startTimeout).toNanos();
        boolean young = state.lifeOf(instance)
                .map(life -> silent - life.since() < YOUNG.toNanos())
                .orElse(true);
        return Leaving.retire(young ? state : state.withFailures(0), instance)
                .andThen(left -> failStart(left, failure(Refusal.Reason.START_FAILED, detail, List.of()), now));
    }

    private static String overdue(Project project, Duration startTimeout, Optional<String> seen) {
        if (project.source() instanceof Source.External external) {
            return "the upstream " + external + " of " + project.name()
                    + seen.map(what -> " is not ready: " + what).orElse(" takes no connection");
        }
        String where = " on port " + project.source().port() + " within " + Durations.format(startTimeout);
        return project.name()
                + seen.map(what -> " was not ready" + where + ": " + what).orElse(" did not answer" + where);
    }

    static Step ended(ProjectState state, String instance, long now) {
        Optional<Phase.Starting> starting = state.lifeOf(instance)
                .map(life -> Phase.Starting.again(life, state.firstWay(), now))
                .or(() -> state.starting(instance));
        return starting.isEmpty() || state.hasEnded()
                ? Step.of(state)
                : Step.of(
                        state.withPhase(starting.get().over()),
                        new Effect.Suspend(instance),
                        new Effect.StopTrying(instance));
    }

    /** A start that is lost and has nothing to do with it ends asleep: it is to be begun anew. */
    static Step exited(ProjectState state, Event.Exited exited, long now) {
        String instance = exited.instance();
        if (state.isDraining(instance)) {
            return Leaving.stop(state, instance);
        }
        Optional<Phase.Running> life = state.lifeOf(instance);
        if (life.isEmpty() && !state.isStarting(instance)) {
            return Step.of(state);
        }
        String when = life.isPresent()
                ? ""
                : " before it answered on port " + state.project().source().port();
        StartFailure failure = failure(
                Refusal.Reason.START_FAILED,
                state.project().name() + " " + exited.exit().sentence() + when,
                exited.exit().lastLines());
        // What it had left behind when it ran before may be what keeps it from starting again.
        boolean spoilt = life.isEmpty()
                && state.starting(instance)
                        .filter(starting -> starting.boot().way() == Way.KEPT)
                        .isPresent();
        if (exited.exit().blameless() || spoilt) {
            return Leaving.giveUp(state, instance);
        }
        if (life.isEmpty()) {
            return Leaving.stop(state, instance).andThen(left -> failStart(left, failure, now));
        }
        return died(state, life.get(), failure, now);
    }

    static Step startFailed(ProjectState state, Event.StartFailed failed, long now) {
        Optional<Phase.Running> life = state.lifeOf(failed.instance());
        if (life.isPresent() && !state.project().isExternal()) {
            // The app had answered before the engine was done with the start.
            return died(state, life.get(), failed.failure(), now);
        }
        return state.isStarting(failed.instance()) && life.isEmpty()
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
        return Step.of(left.withPhase(next), new Effect.Suspend(instance))
                .andThen(dead -> Leaving.stop(dead, instance));
    }

    static Step unreachable(ProjectState state, String instance, long now) {
        if (!(state.phase() instanceof Phase.Running running)
                || !running.instance().equals(instance)) {
            return Step.of(state);
        }
        return Step.of(
                state.withPhase(Phase.Starting.again(running, state.firstWay(), now)),
                new Effect.Suspend(instance),
                new Effect.Probe(instance, running.endpoint()),
                new Effect.Check(instance));
    }

    static Step runtimeLost(ProjectState state, long now) {
        // Before the endpoint is known the adapter's own calls fail; after it nobody else would notice.
        boolean concerned = !state.project().isExternal() && !state.hasEnded();
        if (!concerned || !(state.phase() instanceof Phase.Starting starting) || starting.step() != WakePhase.READY) {
            return Step.of(state);
        }
        String detail = "the container engine does not answer";
        return Leaving.retire(state, starting.instance())
                .andThen(left -> failStart(left, failure(Refusal.Reason.RUNTIME_DOWN, detail, List.of()), now));
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

    private static StartFailure failure(Refusal.Reason reason, String detail, List<String> lastLines) {
        return new StartFailure(reason, detail, lastLines);
    }

    /** 1 s, 2 s, 4 s and so on up to a minute. */
    static Duration backoff(int failures) {
        return failures > 6 ? LONGEST_BACKOFF : FIRST_BACKOFF.multipliedBy(1L << Math.max(0, failures - 1));
    }
}
