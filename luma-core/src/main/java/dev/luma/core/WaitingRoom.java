package dev.luma.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where requests wait for one project: its line, the deadlines, and the pace at which those in it are let out to an
 * instance. Confined to the project's mailbox.
 *
 * <p>While somebody is in the line of an instance that is ready, new requests stand behind it like all before them: the
 * instance sees no more than the {@link Window} at once, and nobody is overtaken. That ends soon whatever the app does, as the
 * window only grows, and whoever's time is over is let out rather than refused.
 */
final class WaitingRoom {

    /** Longer than most apps think about an answer, and short enough for those who wait behind what has no end. */
    private static final Duration SILENCE = Duration.ofMillis(500);

    /** What happens to the room outside the mailbox, and is posted to it. */
    sealed interface News {
        /** The time of somebody who waits is over. */
        record Overdue() implements News {}

        /** One who was let out has come back. */
        record CameBack(Window window) implements News {}

        /** A while has passed, in which somebody may have come back or not. */
        record TimePassed(Window window) implements News {}
    }

    private final WaitingLine line;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Refusals refusals;
    private final Consumer<News> mailbox;
    private final List<Runnable> outcomes = new ArrayList<>();
    private Window window;
    private Scheduler.Cancellable deadlineTimer = Scheduler.Cancellable.NONE;
    private long due;
    private Scheduler.Cancellable paceTimer = Scheduler.Cancellable.NONE;

    /**
     * @param startsBefore how many other projects start before this one
     * @param mailbox takes, from any thread, what has to be heard in the mailbox
     */
    WaitingRoom(
            Ticker ticker,
            Scheduler scheduler,
            Limits limits,
            Places places,
            IntSupplier startsBefore,
            Consumer<News> mailbox) {
        this.line = new WaitingLine(limits.lineCapacity(), places);
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.refusals = new Refusals(limits, places, startsBefore, ticker);
        this.mailbox = mailbox;
        this.window = newWindow();
    }

    private Window newWindow() {
        return new Window(of -> mailbox.accept(new News.CameBack(of)));
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
            refuse(waiter, refusals.overdue(state));
        } else if (!line.add(waiter)) {
            refuse(waiter, line.isFull() ? refusals.lineFull(state) : refusals.tooManyWaiting());
        } else if (waiter.deadline - due < 0) {
            // One that comes again has less time left than those before it.
            stopDeadlineTimer();
        }
    }

    void leave(Waiter waiter) {
        line.remove(waiter);
    }

    /** An instance has just become ready, perhaps for the second time: whatever it could take before, it begins anew. */
    void beginAnew() {
        stopPaceTimer();
        window = newWindow();
    }

    /** Whether the next in the line may be let out. */
    boolean mayLetOut() {
        return !isEmpty() && window.hasRoom();
    }

    /** Lets out to the instance whose turn it is, as long as there is room and the gate is open. */
    void letOut(Instance instance) {
        while (mayLetOut() && letNextOut(instance)) {}
    }

    private boolean letNextOut(Instance instance) {
        Waiter next = line.peek();
        if (next == null) {
            return false;
        }
        if (next.hasEnded()) {
            line.remove(next); // its client has left, of which the mailbox will hear
            return true;
        }
        if (!letOut(next, instance)) {
            return false;
        }
        line.poll();
        return true;
    }

    private boolean letOut(Waiter waiter, Instance instance) {
        Lease lease = Lease.tryTake(instance, Math.max(1, ticker.nanos() - waiter.arrived), window);
        if (lease == null) {
            return false;
        }
        window.letOut();
        outcomes.add(() -> {
            if (!waiter.grant(lease)) {
                lease.release();
            }
        });
        return true;
    }

    /** Whether somebody in the line wants to hear how the wake goes on. */
    boolean isWatched() {
        return !line.watchers().isEmpty();
    }

    /** Tells them what they have not heard yet. */
    void tellProgress(WakeProgress now) {
        for (Waiter watcher : line.watchers()) {
            if (!now.isLike(watcher.told)) {
                watcher.told = now;
                outcomes.add(() -> watcher.progress(now));
            }
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

    /** @param ready the instance that takes requests, if there is one */
    void hear(News news, ProjectState state, @Nullable Instance ready) {
        if (news instanceof News.CameBack back) {
            // Whoever was let out before the window began anew says nothing about the instance as it is now.
            if (back.window() == window) {
                window.cameBack();
            }
        } else if (news instanceof News.TimePassed passed) {
            if (passed.window() == window) {
                stopPaceTimer();
                window.passTime();
            }
        } else {
            stopDeadlineTimer();
            for (Waiter waiter : line.takeOverdue(ticker.nanos())) {
                if (ready == null || !letOut(waiter, ready)) {
                    refuse(waiter, refusals.overdue(state));
                }
            }
        }
    }

    /**
     * Sees to it that the timers are set, for the next deadline and for the pace, where they are needed; called when all
     * else is done.
     *
     * @param ready whether there is an instance that takes requests
     */
    void watch(boolean ready) {
        if (line.isEmpty()) {
            stopDeadlineTimer();
        } else if (deadlineTimer == Scheduler.Cancellable.NONE) {
            long now = ticker.nanos();
            long wait = Math.max(0, line.untilNextDeadline(now));
            due = now + wait;
            deadlineTimer = scheduler.schedule(() -> mailbox.accept(new News.Overdue()), Duration.ofNanos(wait));
        }
        if (line.isEmpty() || !ready) {
            stopPaceTimer();
        } else if (paceTimer == Scheduler.Cancellable.NONE) {
            Window watched = window;
            paceTimer = scheduler.schedule(() -> mailbox.accept(new News.TimePassed(watched)), SILENCE);
        }
        if (line.isEmpty() && ready) {
            window.openWide();
        }
    }

    private void stopDeadlineTimer() {
        deadlineTimer.cancel();
        deadlineTimer = Scheduler.Cancellable.NONE;
    }

    private void stopPaceTimer() {
        paceTimer.cancel();
        paceTimer = Scheduler.Cancellable.NONE;
    }
}
