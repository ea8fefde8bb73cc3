package dev.luma.proxy;

import dev.luma.core.ReadinessProbe.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection on which an app is asked whether it is ready. It stays open for what the app still has to say. */
final class ReadinessQuestion extends SimpleChannelInboundHandler<ByteBuf> {

    // The rest of an answer is heard, so that the app finds no broken connection in its log, but not for long.
    private static final int REST_MILLIS = 1_000;
    private static final int MOST_OF_REST = 64 * 1024;

    private final ReadinessTrial trial;
    private final Target target;
    private @Nullable ProbeAnswer answer;
    private boolean known;
    private int rest;
    private @Nullable Future<?> timer;

    ReadinessQuestion(ReadinessTrial trial, Target target) {
        this.trial = trial;
        this.target = target;
    }

    void ask(Channel channel, int patienceMillis) {
        closeAfter(channel, patienceMillis);
        channel.writeAndFlush(Unpooled.wrappedBuffer(
                Octets.of(target.readiness().map(get -> "GET " + get.path()).orElse("HEAD /") + " HTTP/1.1\r\nHost: "
                        + target.host() + "\r\nUser-Agent: Luma-Probe\r\nAccept: */*\r\nConnection: close\r\n\r\n")));
    }

    private void closeAfter(Channel channel, int millis) {
        stopTimer();
        timer = channel.eventLoop()
                .schedule(
                        () -> {
                            if (becomesKnown()) {
                                trial.silent();
                            }
                            channel.close();
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Whether it was not known before how this ends. */
    private boolean becomesKnown() {
        boolean news = !known;
        known = true;
        return news;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf octets) {
        if (known) {
            rest += octets.readableBytes();
            if (rest > MOST_OF_REST) {
                context.close();
            }
            return;
        }
        if (target.readiness().isEmpty()) {
            known = true;
            trial.ready();
            context.close();
            return;
        }
        try {
            int status = answer().take(octets);
            if (status > 0) {
                known = true;
                trial.answered(status);
                closeAfter(context.channel(), REST_MILLIS);
            }
        } catch (BadMessage notHttp) {
            known = true;
            trial.answeredGarbage();
            context.close();
        }
    }

    private ProbeAnswer answer() {
        ProbeAnswer reader = answer;
        if (reader == null) {
            reader = new ProbeAnswer();
            answer = reader;
        }
        return reader;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTimer();
        if (becomesKnown()) {
            trial.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset while the app is not up yet is one more "not ready"; closing leads to the next attempt.
        context.close();
    }
}
