package dev.luma.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where requests wait for one project: its line, the deadlines, and what those are told who cannot stay. Confined to the
 * project's mailbox.
 */
final class WaitingRoom {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final WaitingLine line;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Limits limits;
    private final Places places;
    private final Runnable onOverdue;
    private final List<Runnable> outcomes = new ArrayList<>();
    private Scheduler.Cancellable timer = Scheduler.Cancellable.NONE;
    private long due;

    /** @param onOverdue asks, from another thread, for {@link #expire} in the mailbox */
    WaitingRoom(Ticker ticker, Scheduler scheduler, Limits limits, Places places, Runnable onOverdue) {
        this.line = new WaitingLine(limits.lineCapacity(), places);
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.limits = limits;
        this.places = places;
        this.onOverdue = onOverdue;
    }

    int size() {
        return line.size();
    }

    boolean isEmpty() {
        return line.isEmpty();
    }

    void enter(Waiter waiter, ProjectState state) {
        if (waiter.hasEnded()) {
            return;
        }
        if (waiter.deadline - ticker.nanos() <= 0) {
            // It comes again, and has used up its time: it must neither wake the project nor go round forever.
            refuse(waiter, overdue(state));
        } else if (!line.add(waiter)) {
            refuse(waiter, full(state));
        } else if (waiter.deadline - due < 0) {
            // One that comes again has less time left than those before it.
            stopTimer();
        }
    }

    void leave(Waiter waiter) {
        line.remove(waiter);
    }

    /** Lets everyone through to the instance, in order, as long as its gate is open. */
    void grantAll(Instance instance) {
        for (Waiter first = line.peek(); first != null; first = line.peek()) {
            Lease lease = Lease.tryTake(instance, Math.max(1, ticker.nanos() - first.arrived));
            if (lease == null) {
                return;
            }
            line.remove(first);
            Waiter granted = first;
            outcomes.add(() -> {
                if (!granted.grant(lease)) {
                    lease.release();
                }
            });
        }
    }

    void refuseAll(Refusal refusal) {
        for (@Nullable Waiter waiter = line.poll(); waiter != null; waiter = line.poll()) {
            refuse(waiter, refusal);
        }
    }

    private void refuse(Waiter waiter, Refusal refusal) {
        outcomes.add(() -> waiter.refuse(refusal));
    }

    /** Tells everyone how the wait has ended; done last, so that who hears of it also sees the status that goes with it. */
    void tellOutcomes() {
        List<Runnable> told = List.copyOf(outcomes);
        outcomes.clear();
        told.forEach(Runnable::run);
    }

    /** Refuses everyone whose time is over. */
    void expire(ProjectState state) {
        stopTimer();
        line.expire(ticker.nanos(), overdue(state));
    }

    /** Sees to it that the timer is set for the next deadline, if there is one; called when all else is done. */
    void watch() {
        if (line.isEmpty()) {
            stopTimer();
        } else if (timer == Scheduler.Cancellable.NONE) {
            long now = ticker.nanos();
            long wait = Math.max(0, line.untilNextDeadline(now));
            due = now + wait;
            timer = scheduler.schedule(onOverdue, Duration.ofNanos(wait));
        }
    }

    private void stopTimer() {
        timer.cancel();
        timer = Scheduler.Cancellable.NONE;
    }

    private Refusal full(ProjectState state) {
        return line.isFull()
                ? new Refusal(
                        Refusal.Reason.LINE_FULL,
                        limits.lineCapacity() + " requests already wait for "
                                + state.project().name(),
                        Optional.of(SOON))
                : new Refusal(
                        Refusal.Reason.TOO_MANY_WAITING,
                        places.most() + " requests already wait for projects to wake",
                        Optional.of(SOON));
    }

    private Refusal overdue(ProjectState state) {
        return new Refusal(
                Refusal.Reason.START_TIMEOUT,
                state.project().name() + " did not become ready within " + Durations.format(limits.waitTimeout()) + "; "
                        + progress(state),
                Optional.of(SOON));
    }

    private static String progress(ProjectState state) {
        if (!(state.phase() instanceof Phase.Starting starting)) {
            return "its last instance has just ended";
        }
        return switch (starting.step()) {
            case IMAGE -> "its image is not there yet";
            case CREATE -> "its container is being created";
            case START -> "its container is being started";
            case READY -> progress(state.project(), starting.seen());
        };
    }

    private static String progress(Project project, Optional<String> seen) {
        if (project.isExternal()) {
            return seen.orElse("it takes no connection");
        }
        String port = " on port " + project.source().port();
        return "its container runs, but "
                + seen.map(what -> "is not ready" + port + ": " + what).orElse("does not answer" + port);
    }
}
