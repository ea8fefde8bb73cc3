package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.ContainerRuntime.WakePhase;
import dev.luma.core.ProjectState.Retiring;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every event in every phase: what the {@link TransitionTable} says, and nothing else. */
class StateMachineTest {

    private final StateMachine machine = new StateMachine("t", Duration.ofMinutes(2));
    private final Kind container = new Kind("container", Samples.shop(), TransitionTable.ofContainer(), States::events);
    private final Kind external =
            new Kind("external", Samples.external("nas.lan"), TransitionTable.ofExternal(), States::eventsOfExternal);

    /** A kind of project. */
    private record Kind(
            String name, Project project, TransitionTable table, Function<String, Map<String, Event>> events) {

        ProjectState in(String phase) {
            return States.in(States.phases().get(phase), project);
        }

        Event own(String event) {
            return events.apply(States.INSTANCE).get(event);
        }

        Event stale(String event) {
            return events.apply("shop-t-0").get(event);
        }
    }

    /** An event in a phase. */
    private record Cell(Kind kind, String event, String phase) {

        boolean isAllowed() {
            return kind.table().allows(event, phase);
        }

        ProjectState state() {
            return kind.in(phase);
        }
    }

    private Step step(ProjectState state, Event event) {
        return machine.step(state, event, States.NOW);
    }

    @TestFactory
    Stream<DynamicTest> everyTransition() {
        return cells(Cell::isAllowed, cell -> {
            Step step = step(cell.state(), cell.kind().own(cell.event()));
            TransitionTable.Outcome expected = cell.kind().table().outcome(cell.event(), cell.phase());
            assertEquals(expected, new TransitionTable.Outcome(word(step.state().phase()), words(step.effects())));
        });
    }

    @TestFactory
    Stream<DynamicTest> everyForbiddenTransition() {
        return cells(
                cell -> !cell.isAllowed(),
                cell -> assertUnchanged(cell.state(), cell.kind().own(cell.event())));
    }

    @TestFactory
    Stream<DynamicTest> wordAboutAnInstanceThatWasLeftBehindChangesNothing() {
        return cells(
                cell -> !cell.kind().stale(cell.event()).equals(cell.kind().own(cell.event())),
                cell -> assertUnchanged(cell.state(), cell.kind().stale(cell.event())));
    }

    @TestFactory
    Stream<DynamicTest> whatRetiresIsUntouchedByTheRest() {
        return cells(cell -> true, cell -> {
            ProjectState state = cell.state().withRetiring("shop-t-0", Retiring.DRAINING);
            Step step = step(state, cell.kind().own(cell.event()));
            assertEquals(Retiring.DRAINING, step.state().retiring().get("shop-t-0"));
        });
    }

    @Test
    void theTablesKnowOnlyWordsThatThereAre() {
        for (Kind kind : List.of(container, external)) {
            long known = all(kind).filter(Cell::isAllowed).count();
            assertEquals(kind.table().size(), known, kind.name());
        }
    }

    private void assertUnchanged(ProjectState state, Event event) {
        assertEquals(new Step(state, List.of()), step(state, event));
    }

    private static Stream<Cell> all(Kind kind) {
        return kind.events().apply(States.INSTANCE).keySet().stream()
                .flatMap(event -> States.phases().keySet().stream()
                        .filter(phase -> !kind.project().isExternal() || !States.OF_CONTAINERS.contains(phase))
                        .map(phase -> new Cell(kind, event, phase)));
    }

    private Stream<DynamicTest> cells(Predicate<Cell> filter, Consumer<Cell> check) {
        return Stream.of(container, external)
                .flatMap(StateMachineTest::all)
                .filter(filter)
                .map(cell -> DynamicTest.dynamicTest(
                        cell.kind().name() + ": " + cell.event() + " in " + cell.phase(), () -> check.accept(cell)));
    }

    private static String word(Phase phase) {
        if (phase instanceof Phase.Asleep asleep) {
            return asleep.everStarted() ? "stopped" : "idle";
        } else if (phase instanceof Phase.Starting starting) {
            if (starting.ended()) {
                return starting.before().isPresent() ? "died" : "ended";
            }
            if (starting.before().isPresent()) {
                return "again";
            }
            return starting.step() == WakePhase.READY
                    ? "tried"
                    : starting.step().name().toLowerCase(Locale.ROOT);
        } else if (phase instanceof Phase.Failed failed) {
            return failed.retryAt() - States.NOW > 0 ? "failed" : "due";
        }
        if (phase instanceof Phase.Pausing) {
            return "pausing";
        }
        if (phase instanceof Phase.Paused) {
            return "paused";
        }
        return phase instanceof Phase.Running ? "running" : "closed";
    }

    private static String words(List<Effect> effects) {
        return String.join(", ", effects.stream().map(StateMachineTest::word).toList());
    }

    private static String word(Effect effect) {
        if (effect instanceof Effect.Prepare prepare) {
            return "prepare " + number(prepare.instance());
        } else if (effect instanceof Effect.StandInLine stand) {
            return "stand-in-line " + number(stand.instance());
        } else if (effect instanceof Effect.Start start) {
            return "start " + number(start.instance());
        } else if (effect instanceof Effect.Probe probe) {
            return "probe " + number(probe.instance());
        } else if (effect instanceof Effect.StopTrying tried) {
            return "stop-trying " + number(tried.instance());
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
        } else if (effect instanceof Effect.Pause pause) {
            return "pause " + number(pause.instance());
        } else if (effect instanceof Effect.WatchPause watch) {
            return "watch-pause " + number(watch.instance());
        } else if (effect instanceof Effect.Resume resume) {
            return "resume " + number(resume.instance());
        } else if (effect instanceof Effect.Check check) {
            return "check " + number(check.instance());
        } else if (effect instanceof Effect.Stop stop) {
            return "stop " + number(stop.instance());
        } else if (effect instanceof Effect.Sleep sleep) {
            return "sleep " + number(sleep.instance());
        } else if (effect instanceof Effect.StartAgain again) {
            return "again in " + Durations.format(again.delay());
        } else if (effect instanceof Effect.Grant) {
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
