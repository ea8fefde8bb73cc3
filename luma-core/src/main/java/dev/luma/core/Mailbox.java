package dev.luma.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands messages to one handler, one at a time and in order, on the thread of whoever finds it free: no lock, no thread
 * of its own, and no hop when nobody else is there. Any thread may post, the handler itself too. The handler must not
 * block.
 */
final class Mailbox<M> {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final Queue<M> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Consumer<M> handler;

    Mailbox(Consumer<M> handler) {
        this.handler = handler;
    }

    void post(M message) {
        messages.add(message);
        if (pending.getAndIncrement() != 0) {
            return;
        }
        int handled = 1;
        do {
            for (int i = 0; i < handled; i++) {
                handle(messages.remove());
            }
            handled = pending.addAndGet(-handled);
        } while (handled != 0);
    }

    private void handle(M message) {
        try {
            handler.accept(message);
        } catch (RuntimeException | Error bug) {
            // Whatever it was: if it got out, nobody would ever handle the messages that follow.
            LOG.error("Handling {} failed", message, bug);
        }
    }
}
