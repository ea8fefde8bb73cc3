package dev.luma.server;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes all threads of the process: named, daemons, and with someone who hears when one of them dies. */
final class Threads {

    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    private Threads() {}

    static ThreadFactory named(String name) {
        return factory(name, Thread::new);
    }

    /** For event loops: Netty keeps its per-thread buffers in fields of such threads. */
    static ThreadFactory loops(String name) {
        return factory(name, FastThreadLocalThread::new);
    }

    private static ThreadFactory factory(String name, BiFunction<Runnable, String, Thread> maker) {
        AtomicInteger made = new AtomicInteger();
        return task -> {
            Thread thread = maker.apply(task, name + "-" + made.incrementAndGet());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler(
                    (died, error) -> LOG.error("The thread {} has died", died.getName(), error));
            return thread;
        };
    }
}
