package dev.luma.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Lets several threads run against each other, round after round, all of them beginning each round together. */
final class Race {

    private Race() {}

    /** What each thread does in a round, and what is done between the rounds, when all have finished. */
    static void run(int rounds, Runnable between, Runnable... runners) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(runners.length);
        CyclicBarrier start = new CyclicBarrier(runners.length);
        CyclicBarrier finish = new CyclicBarrier(runners.length, between);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (Runnable runner : runners) {
                results.add(threads.submit(() -> runAll(rounds, runner, start, finish)));
            }
            List<Throwable> failures = new ArrayList<>();
            for (Future<?> result : results) {
                failureOf(result).ifPresent(failures::add);
            }
            // A broken barrier only says that somebody else failed.
            failures.sort(Comparator.comparing(BrokenBarrierException.class::isInstance));
            if (!failures.isEmpty()) {
                throw new AssertionError("a runner failed", failures.get(0));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Optional<Throwable> failureOf(Future<?> result) throws InterruptedException {
        try {
            result.get();
            return Optional.empty();
        } catch (ExecutionException failed) {
            return Optional.of(failed.getCause());
        }
    }

    private static Void runAll(int rounds, Runnable runner, CyclicBarrier start, CyclicBarrier finish)
            throws InterruptedException, BrokenBarrierException {
        try {
            for (int i = 0; i < rounds; i++) {
                start.await();
                runner.run();
                finish.await();
            }
            return null;
        } catch (RuntimeException | Error failure) {
            // So that the others do not wait for this one.
            start.reset();
            finish.reset();
            throw failure;
        }
    }
}
