package dev.luma.proxy;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/** How an event loop asks the kernel for what there is to do. */
public enum Transport {
    /** Linux's epoll. Long bodies go from socket to socket within the kernel. */
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class) {
        @Override
        IoHandlerFactory handlers() {
            return SteadyEpoll.factory();
        }

        @Override
        Map<ChannelOption<Integer>, Integer> keepAlive(int idleSeconds, int intervalSeconds, int probes) {
            return Map.of(
                    EpollChannelOption.TCP_KEEPIDLE, idleSeconds,
                    EpollChannelOption.TCP_KEEPINTVL, intervalSeconds,
                    EpollChannelOption.TCP_KEEPCNT, probes);
        }

        @Override
        Optional<Throwable> unavailability() {
            return Optional.ofNullable(Epoll.unavailabilityCause());
        }
    },

    /** Linux's io_uring, which old kernels lack and many container engines forbid. */
    IO_URING(IoUringServerSocketChannel.class, IoUringSocketChannel.class) {
        @Override
        IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        Map<ChannelOption<Integer>, Integer> keepAlive(int idleSeconds, int intervalSeconds, int probes) {
            return Map.of(
                    IoUringChannelOption.TCP_KEEPIDLE, idleSeconds,
                    IoUringChannelOption.TCP_KEEPINTVL, intervalSeconds,
                    IoUringChannelOption.TCP_KEEPCNT, probes);
        }

        @Override
        Optional<Throwable> unavailability() {
            return Optional.ofNullable(IoUring.unavailabilityCause());
        }
    },

    /** The JDK's own, which is there on every machine. */
    NIO(NioServerSocketChannel.class, NioSocketChannel.class) {
        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Map<ChannelOption<Integer>, Integer> keepAlive(int idleSeconds, int intervalSeconds, int probes) {
            return Map.of(
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idleSeconds,
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), intervalSeconds,
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
        }

        @Override
        Optional<Throwable> unavailability() {
            return Optional.empty();
        }
    };

    final Class<? extends ServerChannel> listenerType;
    final Class<? extends SocketChannel> connectionType;

    Transport(Class<? extends ServerChannel> listenerType, Class<? extends SocketChannel> connectionType) {
        this.listenerType = listenerType;
        this.connectionType = connectionType;
    }

    abstract IoHandlerFactory handlers();

    /** The options by which TCP itself notices a peer that has vanished. */
    abstract Map<ChannelOption<Integer>, Integer> keepAlive(int idleSeconds, int intervalSeconds, int probes);

    abstract Optional<Throwable> unavailability();

    /** Epoll where it is there, and NIO elsewhere. */
    public static Transport usual() {
        return EPOLL.whyNot().isEmpty() ? EPOLL : NIO;
    }

    /** Why it cannot be used on this machine, if it cannot; loads its native library when it is first asked. */
    public Optional<String> whyNot() {
        return unavailability()
                .map(Transport::root)
                .map(root -> Objects.requireNonNullElse(root.getMessage(), root.toString()));
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    /** Whether each loop can have a listener of its own on the one port (SO_REUSEPORT). */
    boolean sharesAPort() {
        return this != NIO;
    }

    /** As settings and logs call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
