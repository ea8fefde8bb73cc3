package dev.luma.proxy;

import java.util.concurrent.CompletableFuture;

/** The other half of a test, where one thread would wait for itself. */
final class Background {

    private Background() {}

    interface Work {
        void run() throws Exception;
    }

    static CompletableFuture<Void> run(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Exception | AssertionError failed) {
                        done.completeExceptionally(failed);
                    }
                },
                "background");
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
