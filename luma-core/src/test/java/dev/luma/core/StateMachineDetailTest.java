package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ProjectState.Retiring;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the state keeps besides its phase: retiring instances, failures, numbers, reasons. */
class StateMachineDetailTest {

    private static final String OLD = "shop-t-0";

    private final StateMachine machine = new StateMachine("t", Duration.ofMinutes(2));

    private Step step(ProjectState state, String event) {
        return step(state, States.events(States.INSTANCE).get(event));
    }

    private Step step(ProjectState state, Event event) {
        return machine.step(state, event, States.NOW);
    }

    private static ProjectState in(String phase) {
        return States.in(States.phases().get(phase));
    }

    private static ProjectState retiring(Retiring stage) {
        return in("running").withRetiring(OLD, stage);
    }

    @ParameterizedTest
    @CsvSource({
        "DRAINING, drained, STOPPING, stop",
        "DRAINING, exited, STOPPING, stop",
        "RESTING, drained, STOPPING, sleep",
        "RESTING, exited, STOPPING, stop",
        "STOPPING, stopped, , forget",
        "STOPPING, stop-failed, STOPPING, retry",
        "STOPPING, stop-due, STOPPING, stop",
    })
    void anInstanceOnItsWayOutGoesOnStepByStep(Retiring from, String event, Retiring to, String effect) {
        Step step = step(retiring(from), States.events(OLD).get(event));
        assertEquals(
                Optional.ofNullable(to),
                Optional.ofNullable(step.state().retiring().get(OLD)));
        Map<String, Effect> effects = Map.of(
                "stop", new Effect.Stop(OLD),
                "sleep", new Effect.Sleep(OLD),
                "retry", new Effect.RetryStop(OLD),
                "forget", new Effect.Forget(OLD));
        assertEquals(List.of(effects.get(effect)), step.effects());
        assertEquals(in("running").phase(), step.state().phase());
    }

    @ParameterizedTest
    @CsvSource({
        "DRAINING, stopped",
        "DRAINING, stop-failed",
        "DRAINING, stop-due",
        "DRAINING, unreachable",
        "DRAINING, idle-due",
        "DRAINING, idle-closed",
        "DRAINING, ready",
        "DRAINING, addressed",
        "DRAINING, start-failed",
        "DRAINING, start-overdue",
        "RESTING, stopped",
        "RESTING, ready",
        "STOPPING, drained",
        "STOPPING, exited",
        "STOPPING, unreachable",
        "STOPPING, idle-due",
        "STOPPING, idle-closed",
        "STOPPING, ready",
        "STOPPING, addressed",
        "STOPPING, start-failed",
        "STOPPING, start-overdue",
    })
    void anInstanceOnItsWayOutIgnoresEverythingElse(Retiring stage, String event) {
        ProjectState state = retiring(stage);
        assertEquals(new Step(state, List.of()), step(state, States.events(OLD).get(event)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"start-overdue", "runtime-lost", "sleep", "other-image", "close"})
    void whatIsGivenUpDrains(String event) {
        assertEquals(
                Map.of(States.INSTANCE, Retiring.DRAINING),
                step(in("tried"), event).state().retiring());
    }

    @ParameterizedTest
    @CsvSource({
        "running, sleep, RESTING",
        "tried, sleep, DRAINING",
        "again, sleep, DRAINING",
        "running, close, DRAINING"
    })
    void onlyWhatIsWellIsPutToSleep(String phase, String event, Retiring stage) {
        assertEquals(
                Map.of(States.INSTANCE, stage), step(in(phase), event).state().retiring());
    }

    @Test
    void whatRestedWhenItsProjectWasRemovedIsStopped() {
        ProjectState gone = in("closed").withRetiring(OLD, Retiring.RESTING);
        assertEquals(
                List.of(new Effect.Stop(OLD)),
                step(gone, States.events(OLD).get("drained")).effects());
    }

    @Test
    void aProjectWithNothingLeftGetsReadyForItsNextStart() {
        Event last = States.events(OLD).get("stopped");
        ProjectState asleep = in("stopped").withRetiring(OLD, Retiring.STOPPING);
        assertEquals(
                List.of(new Effect.Forget(OLD), new Effect.MakeAhead()),
                step(asleep, last).effects());
        for (String other : List.of("failed", "closed", "create", "paused")) {
            ProjectState busy = in(other).withRetiring(OLD, Retiring.STOPPING);
            assertEquals(List.of(new Effect.Forget(OLD)), step(busy, last).effects(), other);
        }
        ProjectState external = States.in(States.phases().get("running"), Samples.external("nas.lan"));
        assertEquals(
                List.of(new Effect.Forget(OLD), new Effect.MakeAhead()),
                step(external.withRetiring(OLD, Retiring.STOPPING), last).effects());
        ProjectState twoLeft = asleep.withRetiring(States.INSTANCE, Retiring.DRAINING);
        assertEquals(List.of(new Effect.Forget(OLD)), step(twoLeft, last).effects());
    }

    @Test
    void oneThatHadRunBeforeAndDoesNotStartAgainIsReplaced() {
        for (Way way : Way.values()) {
            Phase.Starting starting = ((Phase.Starting) in("tried").phase()).by(way, States.NOW);
            ProjectState next = step(States.in(starting), "exited").state();
            assertEquals(way == Way.KEPT ? 0 : 1, next.failures(), way.word());
            assertEquals(way == Way.KEPT, next.phase() instanceof Phase.Starting, way.word());
        }
    }

    @ParameterizedTest
    @CsvSource({"tried, exited", "running, exited", "again, exited", "running, idle-closed"})
    void whatIsDeadOrIdleIsStoppedAtOnce(String phase, String event) {
        assertEquals(
                Map.of(States.INSTANCE, Retiring.STOPPING),
                step(in(phase), event).state().retiring());
    }

    @Test
    void whatFailedByItselfLeavesNothingToStop() {
        assertEquals(Map.of(), step(in("create"), "start-failed").state().retiring());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 32", "7, 60", "8, 60", "1000000, 60"})
    void theBackoffDoublesUpToAMinute(int failures, int seconds) {
        assertEquals(Duration.ofSeconds(seconds), Failing.backoff(failures));
        Step step = step(in("create").withFailures(failures - 1), "start-failed");
        assertEquals(failures, step.state().failures());
        assertEquals(
                new Phase.Failed("no such image", States.NOW + States.seconds(seconds)),
                step.state().phase());
    }

    @ParameterizedTest
    @CsvSource({
        "running, idle-closed",
        "failed, other-image",
        "failed, other-idle-time",
        "tried, other-idle-time",
        "failed, sleep",
        "running, exited",
    })
    void failuresAreForgotten(String phase, String event) {
        assertEquals(0, step(in(phase).withFailures(3), event).state().failures());
    }

    @ParameterizedTest
    @CsvSource({"tried, ready", "due, demand", "running, unreachable", "tried, runtime-lost"})
    void failuresAreKept(String phase, String event) {
        assertEquals(3, step(in(phase).withFailures(3), event).state().failures());
    }

    @Test
    void aDeathBeforeTenSecondsIsYoung() {
        assertEquals(1, exitAfter(States.seconds(10) - 1, 0).failures());
        assertEquals(0, exitAfter(States.seconds(10), 0).failures());
    }

    @Test
    void fromTheSecondEarlyDeathOnTheProjectBacksOff() {
        assertInstanceOf(Phase.Asleep.class, exitAfter(1, 0).phase());
        Phase.Failed second =
                assertInstanceOf(Phase.Failed.class, exitAfter(1, 1).phase());
        assertEquals(States.seconds(1), second.retryAt() - States.NOW - 1);
        Phase.Failed third =
                assertInstanceOf(Phase.Failed.class, exitAfter(1, 2).phase());
        assertEquals(States.seconds(2), third.retryAt() - States.NOW - 1);
    }

    private ProjectState exitAfter(long age, int failures) {
        Phase running = new Phase.Running(States.INSTANCE, States.ENDPOINT, States.NOW);
        Event exited = new Event.Exited(States.INSTANCE, new Exit(1, false, List.of()));
        return machine.step(States.in(running).withFailures(failures), exited, States.NOW + age)
                .state();
    }

    @Test
    void anInstanceThatAnswersAgainKeepsTheMomentSinceWhenItRuns() {
        ProjectState running = in("running");
        ProjectState again = step(running, "unreachable").state();
        assertEquals(running, step(again, "ready").state());
    }

    @Test
    void eachInstanceHasTheNextNumber() {
        ProjectState state = ProjectState.initial(Samples.shop());
        Step first = step(state, "demand");
        assertEquals(List.of(new Effect.Prepare("shop-t-1")), first.effects());
        Step second = step(step(first.state(), "sleep").state(), "demand");
        assertEquals(List.of(new Effect.Prepare("shop-t-2")), second.effects());
    }

    @Test
    void theLastFailureStaysUntilAnInstanceIsReady() {
        ProjectState failed = step(in("create"), "start-failed").state();
        assertEquals(Optional.of(States.NO_IMAGE), failed.lastFailure());
        assertEquals(Optional.of(States.NO_IMAGE), step(failed, "sleep").state().lastFailure());
        ProjectState tried = in("tried").withLastFailure(failed.lastFailure());
        assertEquals(Optional.empty(), step(tried, "ready").state().lastFailure());
    }

    @Test
    void aContainerThatRanOutOfMemorySaysSo() {
        Event killed = new Event.Exited(States.INSTANCE, new Exit(137, true, List.of("malloc failed")));
        ContainerRuntime.StartFailure failure =
                step(in("running"), killed).state().lastFailure().orElseThrow();
        assertEquals("shop ran out of memory and was killed", failure.detail());
        assertEquals(List.of("malloc failed"), failure.lastLines());
    }

    @Test
    void settingsAreTakenInWhateverThePhaseUnlessTheProjectIsGone() {
        for (String phase : States.phases().keySet()) {
            for (String event : List.of("other-image", "other-idle-time")) {
                int revision = step(in(phase), event).state().project().revision();
                assertEquals(phase.equals("closed") ? 1 : 2, revision, event + " in " + phase);
            }
        }
    }

    @Test
    void aProjectIsAtRestWhenNothingOfItIsInTheEngine() {
        for (String phase : States.phases().keySet()) {
            boolean rest = List.of("idle", "stopped", "failed", "due", "closed").contains(phase);
            assertEquals(rest, in(phase).isAtRest(), phase);
            assertFalse(in(phase).withRetiring(OLD, Retiring.STOPPING).isAtRest(), phase);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "idle, IDLE, STOPPING",
        "stopped, STOPPED, STOPPING",
        "image, STARTING, STARTING",
        "line, STARTING, STARTING",
        "again, STARTING, STARTING",
        "running, RUNNING, RUNNING",
        "failed, FAILED, FAILED",
        "closed, STOPPED, STOPPING",
    })
    void theStateThatUsersSee(String phase, ProjectStatus.State alone, ProjectStatus.State whileOneRetires) {
        assertEquals(alone, in(phase).shown());
        assertEquals(
                whileOneRetires, in(phase).withRetiring(OLD, Retiring.DRAINING).shown());
    }

    @Test
    void aRefusalDuringTheBackoffTellsTheTimeThatIsLeft() {
        Effect.RefuseAll refused = assertInstanceOf(
                Effect.RefuseAll.class, step(in("failed"), "demand").effects().get(0));
        assertEquals(
                new Refusal(Refusal.Reason.START_FAILED, "no such image", Optional.of(Duration.ofSeconds(1))),
                refused.refusal());
        assertTrue(step(in("due"), "demand").effects().contains(new Effect.Prepare("shop-t-2")));
    }
}
