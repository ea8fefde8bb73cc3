package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxTest {

    private final List<String> handled = new ArrayList<>();

    @Test
    void messagesAreHandledInOrderOnTheThreadThatPosts() {
        Mailbox<String> mailbox = new Mailbox<>(handled::add);
        mailbox.post("a");
        mailbox.post("b");
        assertEquals(List.of("a", "b"), handled);
    }

    @Test
    void whatTheHandlerPostsIsHandledAfterwards() {
        List<Mailbox<String>> self = new ArrayList<>();
        Mailbox<String> mailbox = new Mailbox<>(message -> {
            handled.add("begin " + message);
            if (message.length() < 3) {
                self.get(0).post(message + "x");
                self.get(0).post(message + "yy");
            }
            handled.add("end " + message);
        });
        self.add(mailbox);
        mailbox.post("a");
        assertEquals(
                List.of(
                        "begin a",
                        "end a",
                        "begin ax",
                        "end ax",
                        "begin ayy",
                        "end ayy",
                        "begin axx",
                        "end axx",
                        "begin axyy",
                        "end axyy"),
                handled);
    }

    @Test
    void aHandlerThatThrowsGoesOnWithTheNextMessage() {
        Mailbox<String> mailbox = new Mailbox<>(message -> {
            if (message.equals("bad")) {
                throw new IllegalStateException("a bug, as this test wants it");
            }
            handled.add(message);
        });
        mailbox.post("bad");
        mailbox.post("good");
        assertEquals(List.of("good"), handled);
    }

    @Test
    void anErrorDoesNotStopItEither() {
        Mailbox<String> mailbox = new Mailbox<>(message -> {
            if (message.equals("bad")) {
                throw new StackOverflowError("as this test wants it");
            }
            handled.add(message);
        });
        mailbox.post("bad");
        mailbox.post("good");
        assertEquals(List.of("good"), handled);
    }

    @Test
    void oneMessageAtATimeAndInOrderForEachThread() throws Exception {
        int threads = 4;
        int each = 25_000;
        int[] next = new int[threads];
        AtomicInteger inside = new AtomicInteger();
        List<String> wrong = new ArrayList<>();
        // Everything in the handler is plain memory: the mailbox is what makes it visible from thread to thread.
        Mailbox<int[]> mailbox = new Mailbox<>(message -> {
            if (inside.incrementAndGet() != 1 || next[message[0]]++ != message[1]) {
                wrong.add("thread " + message[0] + " message " + message[1]);
            }
            inside.decrementAndGet();
        });
        Race.run(
                1,
                () -> {},
                IntStream.range(0, threads)
                        .<Runnable>mapToObj(thread -> () ->
                                IntStream.range(0, each).forEach(number -> mailbox.post(new int[] {thread, number})))
                        .toArray(Runnable[]::new));
        assertEquals(List.of(), wrong);
        assertEquals(threads * each, IntStream.of(next).sum());
    }
}
