package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimedCallTest {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService pool = Executors.newSingleThreadExecutor();
    private final List<Throwable> stuck = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        pool.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void givesTheAnswer() {
        assertEquals(
                "answer", run(Duration.ofSeconds(60), () -> "answer").result().join());
    }

    @Test
    void passesTheErrorOn() {
        IOException broken = new IOException("broken");
        CompletionException error = assertThrows(
                CompletionException.class,
                () -> run(Duration.ofSeconds(60), () -> {
                            throw broken;
                        })
                        .result()
                        .join());
        assertSame(broken, error.getCause());
    }

    @Test
    void endsWhenItsTimeIsOverAndLeavesTheThreadUsable() {
        CountDownLatch never = new CountDownLatch(1);
        TimedCall<String> call = run(Duration.ofMillis(50), () -> {
            never.await();
            return "never";
        });
        CompletionException error =
                assertThrows(CompletionException.class, () -> call.result().join());
        assertInstanceOf(TimeoutException.class, error.getCause());
        assertEquals(
                "the Docker engine did not answer within 50ms to test",
                error.getCause().getMessage());
        assertFalse(run(Duration.ofSeconds(60), () -> Thread.currentThread().isInterrupted())
                .result()
                .join());
        assertEquals(List.of(), stuck);
    }

    @Test
    void tellsOfAThreadThatDoesNotComeBack() {
        CountDownLatch released = new CountDownLatch(1);
        TimedCall<String> call = run(Duration.ofMillis(50), () -> {
            while (released.getCount() > 0) {
                Thread.onSpinWait();
            }
            return "too late";
        });
        await().until(() -> stuck.size() == 1);
        released.countDown();
        assertThrows(CompletionException.class, () -> call.result().join());
    }

    @Test
    void doesNotBeginWhenItWasAbandonedBefore() {
        TimedCall<String> call = new TimedCall<>("test", Duration.ofSeconds(60), () -> fail(), timer, stuck::add);
        call.abandon(new EngineDownException("gone"));
        call.run();
        CompletionException error =
                assertThrows(CompletionException.class, () -> call.result().join());
        assertEquals("gone", error.getCause().getMessage());
    }

    private static String fail() {
        throw new AssertionError("must not be called");
    }

    private <T> TimedCall<T> run(Duration limit, Callable<T> work) {
        TimedCall<T> call = new TimedCall<>("test", limit, work, timer, stuck::add);
        pool.execute(call);
        return call;
    }
}
