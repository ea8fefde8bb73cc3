package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that send the same request over and over, each as soon as it has its answer. */
final class Load implements AutoCloseable {

    static final BodyPublisher SMALL_BODY = BodyPublishers.ofString("a small body");

    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final ExecutorService clients;

    private Load(int count) {
        clients = Executors.newFixedThreadPool(count);
    }

    static Load of(int count, LumaFixture luma, HttpRequest request) {
        Load load = new Load(count);
        for (int client = 0; client < count; client++) {
            load.clients.execute(() -> load.repeat(luma, request));
        }
        return load;
    }

    long answered() {
        return answered.get();
    }

    /** How many requests ended with another status than 200, or without an answer. */
    long failed() {
        return failed.get();
    }

    /** Waits for the answers that are still out. */
    @Override
    public void close() {
        over.set(true);
        clients.shutdown();
        await("an answer to every request").atMost(Duration.ofMinutes(1)).until(clients::isTerminated);
    }

    private void repeat(LumaFixture luma, HttpRequest request) {
        while (!over.get()) {
            if (succeeds(luma, request)) {
                answered.incrementAndGet();
            } else {
                failed.incrementAndGet();
            }
        }
    }

    private static boolean succeeds(LumaFixture luma, HttpRequest request) {
        try {
            return luma.send(request, BodyHandlers.ofString()).statusCode() == 200;
        } catch (UncheckedIOException broken) {
            return false;
        }
    }
}
