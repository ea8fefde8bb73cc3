package dev.luma.api;

import dev.luma.core.Scheduler;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock and its timers, which move only when a test says so. */
final class SimulatedTime implements Ticker, Scheduler {

    private static final Instant START = Instant.parse("2026-02-03T04:05:06.789Z");

    private final List<Task> tasks = new ArrayList<>();
    private long now;

    private record Task(long due, Runnable work) {}

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized Instant instant() {
        return START.plusNanos(now);
    }

    @Override
    public synchronized Cancellable schedule(Runnable work, Duration delay) {
        Task task = new Task(now + delay.toNanos(), work);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    void advance(Duration time) {
        long end = nanos() + time.toNanos();
        for (Optional<Task> due = takeDue(end); due.isPresent(); due = takeDue(end)) {
            due.get().work().run();
        }
    }

    private synchronized Optional<Task> takeDue(long end) {
        Optional<Task> next = tasks.stream().filter(task -> task.due() <= end).min(Comparator.comparingLong(Task::due));
        next.ifPresent(tasks::remove);
        now = next.map(task -> Math.max(now, task.due())).orElse(end);
        return next;
    }
}
