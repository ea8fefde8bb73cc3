package dev.luma.api;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.ThreadFactory;

/** How sockets are driven: by epoll where its native library loads, by the JDK elsewhere. */
enum Transport {
    EPOLL(EpollServerSocketChannel.class) {
        @Override
        EventLoopGroup loop(ThreadFactory threads) {
            return new MultiThreadIoEventLoopGroup(1, threads, EpollIoHandler.newFactory());
        }
    },
    NIO(NioServerSocketChannel.class) {
        @Override
        EventLoopGroup loop(ThreadFactory threads) {
            return new MultiThreadIoEventLoopGroup(1, threads, NioIoHandler.newFactory());
        }
    };

    private final Class<? extends ServerChannel> serverChannel;

    Transport(Class<? extends ServerChannel> serverChannel) {
        this.serverChannel = serverChannel;
    }

    static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    /** One thread that drives every socket. */
    abstract EventLoopGroup loop(ThreadFactory threads);
}
