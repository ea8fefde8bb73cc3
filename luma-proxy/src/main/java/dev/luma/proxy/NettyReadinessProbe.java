package dev.luma.proxy;

import dev.luma.core.Endpoint;
import dev.luma.core.ReadinessProbe;
import dev.luma.core.Scheduler.Cancellable;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries an endpoint until the app answers. On a container's own address an accepted connection is the answer; behind a
 * published port, whose forwarder accepts for the app, only octets of HTTP are.
 */
public final class NettyReadinessProbe implements ReadinessProbe {

    private static final Logger LOG = LoggerFactory.getLogger(NettyReadinessProbe.class);

    private static final long FIRST_GAP_MICROS = 1_000;
    private static final long LONGEST_GAP_MICROS = 50_000;
    // Octets sent into a namespace whose network is not up yet are lost, and the kernel tries again only after a
    // second.
    private static final int FIRST_PATIENCE_MILLIS = 20;
    private static final int LONGEST_PATIENCE_MILLIS = 2_000;
    // A forwarder may accept and then find nobody to forward to for a while. The patience grows beyond what a first
    // answer can reasonably take, since an app that is slow at first must not be asked anew for ever.
    private static final int FIRST_ANSWER_MILLIS = 200;
    private static final int LONGEST_ANSWER_MILLIS = 30_000;

    private final EventLoops loops;

    public NettyReadinessProbe(EventLoops loops) {
        this.loops = loops;
    }

    @Override
    public Cancellable await(Endpoint endpoint, Runnable onReady) {
        Trial trial = new Trial(endpoint, onReady, loops.next());
        trial.loop.execute(trial::attempt);
        return () -> {
            try {
                trial.loop.execute(trial::end);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("The probe of {} ended with its loop", endpoint);
            }
        };
    }

    /** One wait for one endpoint; confined to its loop. */
    private final class Trial {
        private final Endpoint endpoint;
        private final Runnable onReady;
        private final EventLoop loop;
        private long gapMicros = FIRST_GAP_MICROS;
        private int patienceMillis = FIRST_PATIENCE_MILLIS;
        private int answerMillis = FIRST_ANSWER_MILLIS;
        private boolean ended;
        private @Nullable Channel channel;

        Trial(Endpoint endpoint, Runnable onReady, EventLoop loop) {
            this.endpoint = endpoint;
            this.onReady = onReady;
            this.loop = loop;
        }

        void attempt() {
            if (ended) {
                return;
            }
            Channel made;
            try {
                made = new ReflectiveChannelFactory<>(loops.transport.connectionType).newChannel();
            } catch (ChannelException noSocket) {
                again(); // a bootstrap would tell it on a thread of its own
                return;
            }
            boolean direct = endpoint.reach() == Endpoint.Reach.DIRECT;
            ChannelFuture connecting = new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> made)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, patienceMillis)
                    .option(ChannelOption.AUTO_READ, !direct)
                    .handler(new AnswerHandler(this))
                    .connect(Addresses.of(endpoint));
            channel = connecting.channel();
            connecting.addListener(done -> {
                if (!done.isSuccess()) {
                    again();
                } else if (direct) {
                    ready();
                } else {
                    ask(connecting.channel());
                }
            });
        }

        private void ask(Channel connected) {
            connected.writeAndFlush(question());
            loop.schedule(() -> connected.close(), answerMillis, TimeUnit.MILLISECONDS);
            answerMillis = Math.min(LONGEST_ANSWER_MILLIS, answerMillis * 2);
        }

        private ByteBuf question() {
            return Unpooled.wrappedBuffer(Octets.of("HEAD / HTTP/1.1\r\nHost: " + endpoint.authority()
                    + "\r\nUser-Agent: Luma-Readiness\r\nConnection: close\r\n\r\n"));
        }

        void ready() {
            if (!ended) {
                end();
                onReady.run();
            }
        }

        void again() {
            if (ended) {
                return;
            }
            loop.schedule(this::attempt, gapMicros, TimeUnit.MICROSECONDS);
            gapMicros = Math.min(LONGEST_GAP_MICROS, gapMicros + gapMicros / 2);
            patienceMillis = Math.min(LONGEST_PATIENCE_MILLIS, patienceMillis * 2);
        }

        void end() {
            ended = true;
            Channel open = channel;
            if (open != null) {
                open.close();
            }
        }
    }

    /** Behind a published port: octets are the answer, an end without them is none. */
    private static final class AnswerHandler extends SimpleChannelInboundHandler<ByteBuf> {
        private final Trial trial;

        AnswerHandler(Trial trial) {
            this.trial = trial;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf octets) {
            trial.ready();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            trial.again();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A reset while the app is not up yet is one more "not ready"; closing leads to the next attempt.
            context.close();
        }
    }
}
