package dev.luma.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets several threads run against each other, round after round. They begin each round together to within a few
 * nanoseconds, as they wait by spinning, and so they meet in the middle of their steps.
 */
final class Race {

    private static final int SPINS = 2_000;

    private final int rounds;
    private final Runnable between;
    private final List<Runnable> runners;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private volatile boolean failed;

    private Race(int rounds, Runnable between, List<Runnable> runners) {
        this.rounds = rounds;
        this.between = between;
        this.runners = runners;
    }

    /** What each thread does in a round, and what is done by one of them between the rounds, when all have finished. */
    static void run(int rounds, Runnable between, Runnable... runners) throws Exception {
        new Race(rounds, between, List.of(runners)).run();
    }

    private void run() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(runners.size());
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < runners.size(); i++) {
                int number = i;
                results.add(threads.submit(() -> runAll(number)));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } catch (ExecutionException failure) {
            throw new AssertionError("a runner failed", failure.getCause());
        } finally {
            failed = true;
            threads.shutdownNow();
        }
    }

    private void runAll(int number) {
        try {
            for (int round = 1; round <= rounds && meet(begun, round); round++) {
                runners.get(number).run();
                if (meet(finished, round) && number == 0) {
                    between.run();
                }
            }
        } catch (RuntimeException | Error failure) {
            failed = true;
            throw failure;
        }
    }

    /** Waits until all have come; false when one of them has failed. */
    private boolean meet(AtomicInteger arrived, int round) {
        arrived.incrementAndGet();
        for (int spins = 1; arrived.get() < round * runners.size(); spins++) {
            if (failed) {
                return false;
            }
            if (spins % SPINS == 0) {
                // There may be fewer processors than threads.
                LockSupport.parkNanos(1_000);
            } else {
                Thread.onSpinWait();
            }
        }
        return true;
    }
}
