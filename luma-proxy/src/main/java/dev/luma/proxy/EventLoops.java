package dev.luma.proxy;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The event loops of the data plane. */
public final class EventLoops implements AutoCloseable {

    final Transport transport;
    private final MultiThreadIoEventLoopGroup group;

    private EventLoops(MultiThreadIoEventLoopGroup group, Transport transport) {
        this.group = group;
        this.transport = transport;
    }

    /**
     * As many loops as asked for, each on a thread of the factory.
     *
     * @throws IllegalArgumentException if the machine has no such transport; the message says why
     */
    public static EventLoops create(int count, ThreadFactory threads, Transport transport) {
        transport.whyNot().ifPresent(why -> {
            throw new IllegalArgumentException(transport + " cannot be used here: " + why);
        });
        return new EventLoops(new MultiThreadIoEventLoopGroup(count, threads, transport.handlers()), transport);
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    EventLoop next() {
        return group.next();
    }

    List<EventLoop> all() {
        List<EventLoop> loops = new ArrayList<>();
        for (EventExecutor executor : group) {
            loops.add((EventLoop) executor);
        }
        return loops;
    }

    /** Ends the threads; waits up to two seconds for it. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS)
                .awaitUninterruptibly(Duration.ofSeconds(2).toMillis());
    }
}
