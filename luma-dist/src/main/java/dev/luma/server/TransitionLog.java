package dev.luma.server;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ProjectListener;
import dev.luma.core.ProjectStatus;
import dev.luma.core.ProjectStatus.State;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what happens to projects into the log: a line for each change of state, a warning for what went wrong. */
final class TransitionLog implements ProjectListener {

    private static final Logger LOG = LoggerFactory.getLogger(TransitionLog.class);
    private static final int SHOWN_LINES = 10;

    @Override
    public void changed(ProjectStatus before, ProjectStatus after) {
        String name = after.project().name();
        if (isTriedAgain(before, after)) {
            LOG.debug("{}: {} -> {}", name, before.state().word(), after.state().word());
            return;
        }
        // One that never ran and never will has nothing to tell, and there may be thousands when Luma stops.
        boolean neverRan = before.state() == State.IDLE && after.state() == State.STOPPED;
        if (before.state() != after.state() && !neverRan) {
            LOG.info(
                    "{}: {} -> {}{}",
                    name,
                    before.state().word(),
                    after.state().word(),
                    span(before.state(), after.state(), Duration.between(before.since(), after.since())));
        }
        if (!before.project().equals(after.project())) {
            LOG.info("{}: changed to revision {}", name, after.project().revision());
        }
        if (after.boots().wasSlower() && !before.boots().wasSlower()) {
            after.boots().slower().ifPresent(slower -> LOG.warn("{}: {}", name, slower.sentence()));
        }
        boolean failedNow = before.state() != State.FAILED && after.state() == State.FAILED;
        if (failedNow || !before.lastFailure().equals(after.lastFailure())) {
            after.lastFailure().ifPresent(failure -> LOG.warn("{}: {}{}", name, failure.detail(), lastLines(failure)));
        }
    }

    /** An upstream that is away is looked for once a minute, for as long as it takes; that is told once. */
    private static boolean isTriedAgain(ProjectStatus before, ProjectStatus after) {
        return after.project().isExternal()
                && after.lastFailure().isPresent()
                && after.lastFailure().equals(before.lastFailure())
                && after.project().equals(before.project());
    }

    /** How long the state that is left has taken, where that says something. */
    private static String span(State left, State entered, Duration spent) {
        return switch (left) {
            case STARTING -> " in " + words(spent);
            case RUNNING -> " after " + words(spent);
            case STOPPING -> entered == State.STOPPED ? " in " + words(spent) : "";
            case IDLE, PAUSED, STOPPED, FAILED -> "";
        };
    }

    /** Exact where milliseconds matter, in seconds where they do not. */
    private static String words(Duration spent) {
        return spent.toSeconds() < 10 ? Math.max(0, spent.toMillis()) + " ms" : spent.toSeconds() + " s";
    }

    private static String lastLines(StartFailure failure) {
        List<String> lines = failure.lastLines();
        List<String> shown = lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
        return shown.isEmpty() ? "" : "\n  | " + String.join("\n  | ", shown);
    }
}
