package dev.luma.proxy;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The event loops of the data plane: native epoll where there is one, NIO elsewhere. */
public final class EventLoops implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group;
    private final boolean epoll;

    private EventLoops(MultiThreadIoEventLoopGroup group, boolean epoll) {
        this.group = group;
        this.epoll = epoll;
    }

    /** As many loops as asked for, each on a thread of the factory. */
    public static EventLoops create(int count, ThreadFactory threads) {
        return create(count, threads, Epoll.isAvailable());
    }

    static EventLoops create(int count, ThreadFactory threads, boolean epoll) {
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new EventLoops(new MultiThreadIoEventLoopGroup(count, threads, handlers), epoll);
    }

    public String transport() {
        return epoll ? "epoll" : "nio";
    }

    /** Whether each loop can have a listener of its own on the one port (SO_REUSEPORT). */
    boolean shareAPort() {
        return epoll;
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

    Class<? extends ServerChannel> listenerType() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends SocketChannel> connectionType() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Ends the threads; waits up to two seconds for it. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS)
                .awaitUninterruptibly(Duration.ofSeconds(2).toMillis());
    }
}
