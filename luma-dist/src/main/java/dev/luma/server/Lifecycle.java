package dev.luma.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, to be stopped in reverse order, each step whatever became of the others. Used by one thread. */
final class Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final Deque<Step> steps = new ArrayDeque<>();

    private record Step(String name, AutoCloseable stop) {}

    /** Remembers how to stop what has just been started. */
    void onStop(String name, AutoCloseable stop) {
        steps.push(new Step(name, stop));
    }

    /** Stops everything. The first failure is thrown at the end and carries the others. */
    void stop() throws Exception {
        Exception first = null;
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            try {
                LOG.debug("Stopping {}", step.name());
                step.stop().close();
            } catch (Exception failed) {
                LOG.warn("Stopping {} failed: {}", step.name(), failed.toString());
                if (failed instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
