package dev.luma.proxy;

import dev.luma.core.RouteTable;
import dev.luma.core.Ticker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The data plane: takes HTTP/1 requests and relays each to the project that its host names. Where the kernel can share a
 * port, every loop has a listener of its own, so that a connection never changes threads.
 */
public final class ProxyServer {

    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);
    private static final int BACKLOG = 4096;
    private static final Duration POLL = Duration.ofMillis(20);

    private final EventLoops loops;
    private final ProxySettings settings;
    private final Ticker ticker;
    private final ByteBufAllocator allocator;
    private final Map<EventLoop, Loop> contexts = new HashMap<>();
    private final List<Channel> listeners = new ArrayList<>();

    public ProxyServer(EventLoops loops, ProxySettings settings, RouteTable routes, Ticker ticker, AccessLog log) {
        this(loops, settings, routes, ticker, log, ByteBufAllocator.DEFAULT);
    }

    ProxyServer(
            EventLoops loops,
            ProxySettings settings,
            RouteTable routes,
            Ticker ticker,
            AccessLog log,
            ByteBufAllocator allocator) {
        this.loops = loops;
        this.settings = settings;
        this.ticker = ticker;
        this.allocator = allocator;
        Crowd crowd = new Crowd(settings.connections(), ticker);
        for (EventLoop eventLoop : loops.all()) {
            contexts.put(
                    eventLoop, new Loop(eventLoop, loops, settings, routes, ticker, allocator, crowd, log.newRing()));
        }
    }

    /** Listens. Fails if the port is taken or may not be used. */
    public void start() throws IOException {
        refuseSharedPort();
        int port = settings.port();
        for (EventLoop acceptor :
                loops.transport.sharesAPort() ? loops.all() : loops.all().subList(0, 1)) {
            ChannelFuture binding = bootstrap(acceptor)
                    .bind(new InetSocketAddress(settings.host(), port))
                    .awaitUninterruptibly();
            if (!binding.isSuccess()) {
                listeners.forEach(Channel::close);
                throw cannotListen(port, binding.cause());
            }
            listeners.add(binding.channel());
            port = ((InetSocketAddress) binding.channel().localAddress()).getPort();
        }
    }

    /** Two processes of one user may share a port where loops may; that is never meant, so look first. */
    private void refuseSharedPort() throws IOException {
        if (settings.port() != 0) {
            try (ServerSocket alone = new ServerSocket()) {
                alone.setReuseAddress(true);
                alone.bind(new InetSocketAddress(settings.host(), settings.port()));
            } catch (IOException taken) {
                throw cannotListen(settings.port(), taken);
            }
        }
    }

    private IOException cannotListen(int port, Throwable cause) {
        return new IOException("cannot listen on " + settings.host() + ":" + port + ": " + cause.getMessage(), cause);
    }

    private ServerBootstrap bootstrap(EventLoop acceptor) {
        Transport transport = loops.transport;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .channel(transport.listenerType)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new Listener(loopOf(acceptor)))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        Loop loop = loopOf(channel.eventLoop());
                        loop.crowd.welcome(loop, channel);
                    }
                });
        // A client that vanished without a word is noticed after 90 seconds, not after the kernel's two hours.
        transport.keepAlive(60, 10, 3).forEach(bootstrap::childOption);
        if (transport.sharesAPort()) {
            return bootstrap.group(acceptor, acceptor).option(UnixChannelOption.SO_REUSEPORT, true);
        }
        return bootstrap.group(acceptor, loops.group());
    }

    private Loop loopOf(EventLoop eventLoop) {
        Loop loop = contexts.get(eventLoop);
        if (loop == null) {
            throw new IllegalStateException("a connection came on a foreign loop");
        }
        return loop;
    }

    /** The port that is listened on. */
    public int port() {
        return ((InetSocketAddress) listeners.get(0).localAddress()).getPort();
    }

    /**
     * Stops accepting, lets what is in flight finish, and closes what is not finished within the limit. Done when no
     * client is left.
     */
    public CompletionStage<Void> stop(Duration limit) {
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        contexts.values().forEach(loop -> loop.eventLoop.execute(loop::stop));
        return CompletableFuture.allOf(contexts.values().stream()
                .map(loop -> whenEmpty(loop, ticker.nanos() + limit.toNanos()))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** What each loop owns; to be asked on the loop. */
    Collection<Loop> loops() {
        return contexts.values();
    }

    private CompletableFuture<Void> whenEmpty(Loop loop, long deadline) {
        CompletableFuture<Void> empty = new CompletableFuture<>();
        loop.eventLoop.execute(() -> lookAgain(loop, deadline, empty));
        return empty;
    }

    private void lookAgain(Loop loop, long deadline, CompletableFuture<Void> empty) {
        if (ticker.nanos() - deadline >= 0 || loop.clients() == 0) {
            loop.closeAll();
            // Behind what closing has set off, such as the release of leases.
            loop.eventLoop.execute(() -> empty.complete(null));
        } else {
            loop.eventLoop.schedule(() -> lookAgain(loop, deadline, empty), POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
