package dev.luma.api;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Projects;
import dev.luma.core.Scheduler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane over HTTP: one event loop thread reads and writes, and whatever may block runs on the workers. Any
 * thread may call it.
 */
public final class ApiServer {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    private final ApiSettings settings;
    private final Projects projects;
    private final ContainerRuntime runtime;
    private final ThreadFactory loopThreads;
    private final Executor workers;
    private final ApiLimits limits;
    private final Transport transport;
    private @Nullable Running running;
    private boolean stopping;

    private record Running(
            EventLoopGroup group, Channel server, ChannelGroup clients, CompletableFuture<Void> stopped) {}

    /**
     * @param loopThreads makes the one thread that serves all connections
     * @param workers where changes of projects are made, which wait for the store
     */
    public ApiServer(
            ApiSettings settings,
            Projects projects,
            ContainerRuntime runtime,
            ThreadFactory loopThreads,
            Executor workers) {
        this(settings, projects, runtime, loopThreads, workers, ApiLimits.DEFAULTS, Transport.best());
    }

    ApiServer(
            ApiSettings settings,
            Projects projects,
            ContainerRuntime runtime,
            ThreadFactory loopThreads,
            Executor workers,
            ApiLimits limits,
            Transport transport) {
        this.settings = settings;
        this.projects = projects;
        this.runtime = runtime;
        this.loopThreads = loopThreads;
        this.workers = workers;
        this.limits = limits;
        this.transport = transport;
    }

    /** Listens from the moment it returns; fails with a sentence for the user when it cannot. */
    public synchronized void start() throws IOException {
        if (running != null) {
            throw new IllegalStateException("the API has been started already");
        }
        EventLoopGroup group = transport.loop(loopThreads);
        EventLoop loop = group.next();
        ChannelGroup clients = new DefaultChannelGroup("api clients", loop);
        Dispatcher dispatcher = new Dispatcher(routes(loop));
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        clients.add(channel);
                        channel.pipeline()
                                .addLast(new HttpRequestDecoder(decoding()))
                                .addLast(new HttpResponseEncoder())
                                .addLast(new Connection(channel, dispatcher, limits));
                    }
                })
                .bind(new InetSocketAddress(settings.host(), settings.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "The API cannot listen on " + address(settings.port()) + " ("
                            + bound.cause().getMessage() + "); stop what uses the port, or set api_port to another",
                    bound.cause());
        }
        running = new Running(group, bound.channel(), clients, new CompletableFuture<>());
        LOG.info("The API listens on http://{}", address(port()));
    }

    /** The port on which it listens, also if any free one was asked for. */
    public synchronized int port() {
        if (running == null) {
            throw new IllegalStateException("the API has not been started");
        }
        return ((InetSocketAddress) running.server().localAddress()).getPort();
    }

    /** Takes nothing new, gives requests under way a few seconds to finish, and ends its thread. Done when it has ended. */
    public synchronized CompletionStage<Void> stop() {
        if (running == null) {
            return CompletableFuture.completedStage(null);
        }
        Running now = running;
        if (!stopping) {
            stopping = true;
            now.group().execute(() -> stop(now));
        }
        return now.stopped().copy();
    }

    private void stop(Running now) {
        now.server().close();
        // A copy, because a channel that closes leaves the group.
        Channel[] open = now.clients().toArray(new Channel[0]);
        Future<?> limit = now.group()
                .schedule(
                        () -> {
                            now.clients().close();
                        },
                        limits.closeTime().toNanos(),
                        TimeUnit.NANOSECONDS);
        now.clients().newCloseFuture().addListener(closed -> {
            limit.cancel(false);
            now.group()
                    .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                    .addListener(ended -> now.stopped().complete(null));
        });
        for (Channel channel : open) {
            channel.pipeline().fireUserEventTriggered(Connection.Finish.SOON);
        }
    }

    private String address(int port) {
        return NetUtil.toSocketAddressString(settings.host(), port);
    }

    private Router routes(EventLoop loop) {
        ProjectJson json = new ProjectJson(settings.proxyPort());
        Scheduler timer = (task, delay) -> {
            Future<?> scheduled = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        };
        Router router = new Router();
        new RootResource(settings.version()).addTo(router);
        new HealthResource(runtime, projects).addTo(router);
        new ProjectsResource(projects, json, workers).addTo(router);
        new LifecycleResource(projects, runtime, json, workers, timer, limits.sleepTime()).addTo(router);
        return router;
    }

    private HttpDecoderConfig decoding() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.lineBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
    }
}
