package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.ProjectState.Retiring;
import dev.luma.core.StateMachine.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every event in every phase: what the {@link TransitionTable} says, and nothing else. */
class StateMachineTest {

    private final StateMachine machine = new StateMachine("t", Duration.ofMinutes(2));
    private final TransitionTable table = new TransitionTable();

    private Step step(ProjectState state, Event event) {
        return machine.step(state, event, States.NOW);
    }

    @TestFactory
    Stream<DynamicTest> everyTransition() {
        return cells(table::allows, (event, phase) -> {
            Step step = step(
                    States.in(States.phases().get(phase)),
                    States.events(States.INSTANCE).get(event));
            TransitionTable.Outcome expected = table.outcome(event, phase);
            assertEquals(expected, new TransitionTable.Outcome(word(step.state().phase()), words(step.effects())));
        });
    }

    @TestFactory
    Stream<DynamicTest> everyForbiddenTransition() {
        return cells(
                (event, phase) -> !table.allows(event, phase),
                (event, phase) -> assertUnchanged(
                        States.in(States.phases().get(phase)),
                        States.events(States.INSTANCE).get(event)));
    }

    @TestFactory
    Stream<DynamicTest> wordAboutAnInstanceThatWasLeftBehindChangesNothing() {
        Map<String, Event> own = States.events(States.INSTANCE);
        Map<String, Event> stale = States.events("shop-t-0");
        return cells(
                (event, phase) -> !stale.get(event).equals(own.get(event)),
                (event, phase) -> assertUnchanged(States.in(States.phases().get(phase)), stale.get(event)));
    }

    @TestFactory
    Stream<DynamicTest> whatRetiresIsUntouchedByTheRest() {
        return cells((event, phase) -> true, (event, phase) -> {
            ProjectState state = States.in(States.phases().get(phase)).withRetiring("shop-t-0", Retiring.DRAINING);
            Step step = step(state, States.events(States.INSTANCE).get(event));
            assertEquals(Retiring.DRAINING, step.state().retiring().get("shop-t-0"));
        });
    }

    @Test
    void theTableKnowsOnlyWordsThatThereAre() {
        int[] known = {0};
        for (String event : States.events(States.INSTANCE).keySet()) {
            for (String phase : States.phases().keySet()) {
                known[0] += table.allows(event, phase) ? 1 : 0;
            }
        }
        assertEquals(table.size(), known[0]);
    }

    private void assertUnchanged(ProjectState state, Event event) {
        assertEquals(new Step(state, List.of()), step(state, event));
    }

    private static Stream<DynamicTest> cells(BiPredicate<String, String> filter, BiConsumer<String, String> check) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String event : States.events(States.INSTANCE).keySet()) {
            for (String phase : States.phases().keySet()) {
                if (filter.test(event, phase)) {
                    tests.add(DynamicTest.dynamicTest(event + " in " + phase, () -> check.accept(event, phase)));
                }
            }
        }
        return tests.stream();
    }

    private static String word(Phase phase) {
        if (phase instanceof Phase.Asleep asleep) {
            return asleep.everStarted() ? "stopped" : "idle";
        } else if (phase instanceof Phase.Starting starting) {
            if (starting.before().isPresent()) {
                return "again";
            }
            return starting.step() == WakePhase.READY
                    ? "tried"
                    : starting.step().name().toLowerCase(Locale.ROOT);
        } else if (phase instanceof Phase.Failed failed) {
            return failed.retryAt() - States.NOW > 0 ? "failed" : "due";
        }
        return phase instanceof Phase.Running ? "running" : "closed";
    }

    private static String words(List<Effect> effects) {
        return String.join(", ", effects.stream().map(StateMachineTest::word).toList());
    }

    private static String word(Effect effect) {
        if (effect instanceof Effect.Start start) {
            return "start " + number(start.instance());
        } else if (effect instanceof Effect.Probe probe) {
            return "probe " + number(probe.instance());
        } else if (effect instanceof Effect.Open open) {
            return "open " + number(open.instance());
        } else if (effect instanceof Effect.Suspend suspend) {
            return "suspend " + number(suspend.instance());
        } else if (effect instanceof Effect.Drain drain) {
            return "drain " + number(drain.instance());
        } else if (effect instanceof Effect.WatchIdle watch) {
            return "watch-idle " + number(watch.instance());
        } else if (effect instanceof Effect.CloseIfIdle close) {
            return "close-if-idle " + number(close.instance());
        } else if (effect instanceof Effect.Check check) {
            return "check " + number(check.instance());
        } else if (effect instanceof Effect.Stop stop) {
            return "stop " + number(stop.instance());
        } else if (effect instanceof Effect.GrantAll) {
            return "grant";
        } else if (effect instanceof Effect.RefuseAll refuse) {
            return "refuse " + refuse.refusal().reason();
        }
        return effect.toString();
    }

    private static String number(String instance) {
        return instance.substring("shop-t-".length());
    }
}
