package dev.luma.core;

import dev.luma.core.ProjectState.Retiring;
import java.util.Optional;

/** The part of the {@link StateMachine} that is about instances on their way out. */
final class Leaving {

    private Leaving() {}

    static Step fallAsleep(ProjectState state, Retiring how) {
        if (state.phase() instanceof Phase.Asleep || state.phase() instanceof Phase.Closed) {
            return Step.of(state);
        }
        return letGo(state.withFailures(0), how).in(new Phase.Asleep(true));
    }

    /** Nobody has asked for it for long enough, and its gate is closed. */
    static Step idle(ProjectState state, String instance) {
        return state.project().waking().pauses() && state.phase() instanceof Phase.Running running
                ? Step.of(state.withPhase(new Phase.Pausing(running)), new Effect.Pause(instance))
                : putToSleep(state, instance).in(new Phase.Asleep(true));
    }

    /**
     * Leaves behind whatever instance there is; the caller says what phase follows.
     *
     * @param how what becomes of one that is well
     */
    static Step letGo(ProjectState state, Retiring how) {
        if (state.phase() instanceof Phase.Running running) {
            return retire(state, running.instance(), how);
        }
        Optional<Phase.Running> frozen = state.frozen();
        if (frozen.isPresent()) {
            String instance = frozen.get().instance();
            return how == Retiring.RESTING ? putToSleep(state, instance) : stop(state, instance);
        }
        return state.phase() instanceof Phase.Starting starting && starting.isBegun()
                ? retire(state, starting.instance())
                : Step.of(state);
    }

    static Step retire(ProjectState state, String instance) {
        return retire(state, instance, Retiring.DRAINING);
    }

    private static Step retire(ProjectState state, String instance, Retiring how) {
        return Step.of(state.withRetiring(instance, how), new Effect.Drain(instance));
    }

    static Step drained(ProjectState state, String instance) {
        if (!state.isDraining(instance)) {
            return Step.of(state);
        }
        // Of a project that is gone meanwhile nothing is worth keeping.
        boolean rests = state.retiring().get(instance) == Retiring.RESTING && !(state.phase() instanceof Phase.Closed);
        return rests ? putToSleep(state, instance) : stop(state, instance);
    }

    private static Step putToSleep(ProjectState state, String instance) {
        return Step.of(state.withRetiring(instance, Retiring.STOPPING), new Effect.Sleep(instance));
    }

    static Step stopped(ProjectState state, String instance) {
        Step forgotten = Step.of(state, new Effect.Forget(instance));
        // What has become external never rests, and what was kept of its container is of no use any more.
        boolean ready = state.phase() instanceof Phase.Asleep && state.isAtRest();
        return ready || state.project().isExternal() ? forgotten.then(new Effect.MakeAhead()) : forgotten;
    }

    /** It is lost, and not by its own doing. */
    static Step giveUp(ProjectState state, String instance) {
        return Step.of(state.withPhase(new Phase.Asleep(true)), new Effect.Suspend(instance))
                .andThen(dead -> stop(dead, instance));
    }

    static Step stop(ProjectState state, String instance) {
        return Step.of(state.withRetiring(instance, Retiring.STOPPING), new Effect.Stop(instance));
    }
}
