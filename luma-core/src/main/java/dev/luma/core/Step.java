package dev.luma.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What the {@link StateMachine} decides: the new state, and what to do, in this order. */
record Step(ProjectState state, List<Effect> effects) {
    static Step of(ProjectState state, Effect... effects) {
        return new Step(state, List.of(effects));
    }

    Step then(Effect effect) {
        List<Effect> all = new ArrayList<>(effects);
        all.add(effect);
        return new Step(state, List.copyOf(all));
    }

    Step andThen(Function<ProjectState, Step> next) {
        Step last = next.apply(state);
        List<Effect> all = new ArrayList<>(effects);
        all.addAll(last.effects);
        return new Step(last.state, List.copyOf(all));
    }

    Step in(Phase phase) {
        return new Step(state.withPhase(phase), effects);
    }
}
