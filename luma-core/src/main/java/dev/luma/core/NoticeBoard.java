package dev.luma.core;

import dev.luma.core.ProjectStatus.InstanceStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is to be seen of one project from outside, and who is told when it changes. Written in the project's mailbox; any
 * thread may read it.
 */
final class NoticeBoard {

    private final Ticker ticker;
    private final ProjectListener listener;
    private volatile View view;

    /** @param turn for which the project waits; null if it does not */
    record View(
            ProjectState state,
            Instant since,
            List<Instance> instances,
            int waiting,
            StartLine.@Nullable Turn turn,
            Optional<Prewarms> prewarms) {}

    NoticeBoard(ProjectState state, Optional<Prewarms> prewarms, Ticker ticker, ProjectListener listener) {
        this.ticker = ticker;
        this.listener = listener;
        this.view = new View(state, ticker.instant(), List.of(), 0, null, prewarms);
    }

    /** What it shows now. */
    View view() {
        return view;
    }

    /** How far the wake has come that is under way; empty if there is none. */
    Optional<WakeProgress> progress() {
        View seen = view;
        return WakeProgress.of(seen.state, seen.turn == null ? 0 : seen.turn.ahead(), ticker.nanos());
    }

    /** @param settings as they were changed last, even before the mailbox has heard of it */
    ProjectStatus status(Project settings) {
        return statusOf(view, settings);
    }

    /** Shows how things are from now on; most of the time that is how they were. */
    void publish(ProjectState state, int waiting, Caretaker caretaker, Optional<Prewarms> prewarms) {
        View before = view;
        boolean changed = !before.state.equals(state);
        if (!changed && before.waiting == waiting && before.prewarms.equals(prewarms)) {
            return;
        }
        view = new View(
                state,
                before.state.shown() == state.shown() ? before.since : ticker.instant(),
                changed ? caretaker.instances() : before.instances,
                waiting,
                state.phase() instanceof Phase.Starting starting && starting.isInLine() ? caretaker.turn() : null,
                prewarms);
    }

    /** Tells the listener what it shows now, if that is another thing to it than what was shown before. */
    void tellListener(View before) {
        View now = view;
        if (before.state.shown() != now.state.shown()
                || !before.state.project().equals(now.state.project())
                || !before.state.lastFailure().equals(now.state.lastFailure())) {
            listener.changed(statusOf(before, before.state.project()), statusOf(now, now.state.project()));
        }
    }

    private ProjectStatus statusOf(View seen, Project settings) {
        long now = ticker.nanos();
        Instant today = ticker.instant();
        List<InstanceStatus> shown = seen.instances.stream()
                .map(instance -> new InstanceStatus(
                        instance.id(),
                        instance.endpoint(),
                        instance.boot(),
                        instance.startedAt(),
                        instance.inFlight(),
                        today.minusNanos(Math.max(0, now - instance.lastUsed()))))
                .toList();
        return new ProjectStatus(
                settings,
                seen.state.shown(),
                seen.since,
                shown,
                seen.waiting,
                seen.turn == null ? OptionalInt.empty() : OptionalInt.of(seen.turn.ahead() + 1),
                seen.state.lastFailure(),
                seen.state.boots(),
                seen.prewarms);
    }
}
