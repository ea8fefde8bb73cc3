package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.luma.core.BootHistory;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ImageBoots;
import dev.luma.core.Project;
import dev.luma.core.ProjectStatus;
import dev.luma.core.ProjectStatus.State;
import dev.luma.core.Refusal;
import dev.luma.core.Source;
import dev.luma.core.Way;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class TransitionLogTest {

    private static final BootHistory NO_BOOTS = BootHistory.NONE;

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final Logger logger = (Logger) LoggerFactory.getLogger(TransitionLog.class);
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @BeforeEach
    void listen() {
        written.start();
        logger.addAppender(written);
        logger.setAdditive(false);
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "IDLE     | STARTING | 5000  | INFO my-app: idle -> starting",
                "STARTING | RUNNING  | 243   | INFO my-app: starting -> running in 243 ms",
                "STARTING | FAILED   | 12000 | INFO my-app: starting -> failed in 12 s",
                "RUNNING  | STOPPING | 20500 | INFO my-app: running -> stopping after 20 s",
                "STOPPING | STOPPED  | 9999  | INFO my-app: stopping -> stopped in 9999 ms",
                "STOPPING | STARTING | 9999  | INFO my-app: stopping -> starting",
                "STOPPED  | STARTING | 5000  | INFO my-app: stopped -> starting",
                "FAILED   | STARTING | -5    | INFO my-app: failed -> starting",
            })
    void writesALineForEachChangeOfState(State before, State after, long millis, String line) {
        new TransitionLog().changed(status(before, 1, START), status(after, 1, START.plusMillis(millis)));
        assertEquals(List.of(line), lines());
    }

    @Test
    void saysNothingOfAProjectThatNeverRan() {
        new TransitionLog().changed(status(State.IDLE, 1, START), status(State.STOPPED, 1, START));
        assertEquals(List.of(), lines());
    }

    @Test
    void writesWhatWentWrong() {
        StartFailure failure = new StartFailure(
                Refusal.Reason.START_FAILED, "its container exited with code 1", List.of("one", "two"));
        ProjectStatus before = status(State.STARTING, 1, START);
        ProjectStatus after = new ProjectStatus(
                before.project(),
                State.FAILED,
                START.plusMillis(80),
                List.of(),
                0,
                OptionalInt.empty(),
                Optional.of(failure),
                NO_BOOTS,
                Optional.empty());
        new TransitionLog().changed(before, after);
        assertEquals(
                List.of(
                        "INFO my-app: starting -> failed in 80 ms",
                        "WARN my-app: its container exited with code 1\n  | one\n  | two"),
                lines());
    }

    @Test
    void writesThatTheSettingsChanged() {
        new TransitionLog().changed(status(State.STOPPED, 1, START), status(State.STOPPED, 2, START));
        assertEquals(List.of("INFO my-app: changed to revision 2"), lines());
    }

    @Test
    void warnsOnceOfAnImageThatBootsSlower() {
        ProjectStatus starting = status(State.STARTING, NO_BOOTS);
        ProjectStatus running = status(State.RUNNING, slower());
        new TransitionLog().changed(starting, running);
        new TransitionLog().changed(running, status(State.STOPPED, slower()));
        assertEquals(
                List.of(
                        "INFO my-app: starting -> running in 0 ms",
                        "WARN my-app: its image boots slower than the one before, in 900 ms rather than 300 ms (sandbox,"
                                + " medians)",
                        "INFO my-app: running -> stopped after 0 ms"),
                lines());
    }

    private static BootHistory slower() {
        Duration now = Duration.ofMillis(900);
        ImageBoots images = new ImageBoots(
                Optional.of("b"),
                Map.of(Way.SANDBOX, List.of(now, now, now)),
                Map.of(Way.SANDBOX, Duration.ofMillis(300)),
                true,
                Optional.of(Way.SANDBOX));
        return new BootHistory(Map.of(), Optional.empty(), images);
    }

    private static ProjectStatus status(State state, BootHistory boots) {
        ProjectStatus usual = status(state, 1, START);
        return new ProjectStatus(
                usual.project(),
                state,
                START,
                List.of(),
                0,
                OptionalInt.empty(),
                Optional.empty(),
                boots,
                Optional.empty());
    }

    private List<String> lines() {
        return written.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** It is looked for again and again; only what is new is told. */
    @Test
    void anUpstreamThatStaysAwayIsToldOnce() {
        ProjectStatus idle = away(State.IDLE, Optional.empty());
        ProjectStatus failed = away(State.FAILED, failure("no such host"));
        ProjectStatus starting = away(State.STARTING, failure("no such host"));
        new TransitionLog().changed(idle, failed);
        int lines = written.list.size();
        new TransitionLog().changed(failed, starting);
        new TransitionLog().changed(starting, failed);
        assertEquals(lines, written.list.size());
        new TransitionLog().changed(starting, away(State.FAILED, failure("it takes no connection")));
        new TransitionLog().changed(starting, away(State.RUNNING, Optional.empty()));
        assertEquals(lines + 3, written.list.size());
    }

    private static Optional<StartFailure> failure(String detail) {
        return Optional.of(new StartFailure(Refusal.Reason.START_FAILED, detail, List.of()));
    }

    private static ProjectStatus away(State state, Optional<StartFailure> failure) {
        Project nas = Project.draft("nas", "nas.localhost", new Source.External("nas.lan", 80), Optional.empty());
        return new ProjectStatus(
                nas, state, START, List.of(), 0, OptionalInt.empty(), failure, NO_BOOTS, Optional.empty());
    }

    private static ProjectStatus status(State state, int revision, Instant since) {
        Project project = Project.draft("my-app", "my-app.localhost", "nginx", 80, Map.of(), Optional.empty())
                .asRevision(revision, START, START);
        return new ProjectStatus(
                project, state, since, List.of(), 0, OptionalInt.empty(), Optional.empty(), NO_BOOTS, Optional.empty());
    }
}
