package dev.luma.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A clock that stands still until it is told to go on. Tasks run on the thread that advances it, by due time, and those
 * due at the same moment in the order in which they were scheduled. Any thread may call it.
 */
final class SimulatedTime implements Ticker, Scheduler {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** Half a minute before the readings overflow, so that every longer test shows that only differences count. */
    private static final long ORIGIN = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long elapsed;
    private long scheduled;

    private record Task(Runnable work, long due, long number, boolean ofTheTest) {}

    @Override
    public synchronized long nanos() {
        return ORIGIN + elapsed;
    }

    @Override
    public Instant instant() {
        return START.plus(elapsed());
    }

    synchronized Duration elapsed() {
        return Duration.ofNanos(elapsed);
    }

    @Override
    public Cancellable schedule(Runnable work, Duration delay) {
        Task task = add(work, delay, false);
        return () -> drop(task);
    }

    /** The same for what the test wants to happen, which is no timer of the project's. */
    void later(Duration delay, Runnable work) {
        add(work, delay, true);
    }

    /** Lets time pass, and runs on the way what becomes due, also what is scheduled meanwhile. */
    void advance(Duration duration) {
        long end = elapsed().plus(duration).toNanos();
        for (Runnable work = nextUntil(end); work != null; work = nextUntil(end)) {
            work.run();
        }
    }

    void advanceSeconds(long seconds) {
        advance(Duration.ofSeconds(seconds));
    }

    /** How many timers of the project are set. */
    synchronized long pending() {
        return tasks.stream().filter(task -> !task.ofTheTest).count();
    }

    private synchronized Task add(Runnable work, Duration delay, boolean ofTheTest) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay of " + delay);
        }
        Task task = new Task(work, elapsed + delay.toNanos(), scheduled++, ofTheTest);
        tasks.add(task);
        return task;
    }

    private synchronized Runnable nextUntil(long end) {
        Task first = tasks.peek();
        if (first == null || first.due > end) {
            elapsed = Math.max(elapsed, end);
            return null;
        }
        tasks.remove();
        elapsed = Math.max(elapsed, first.due);
        return first.work;
    }

    private synchronized void drop(Task task) {
        tasks.remove(task);
    }
}
