package dev.luma.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection for which there is no room: it is told so, whatever it asks, and closed. What it sends is read for a while,
 * since a reset for octets that nobody read could overtake the answer; only so many are treated that kindly at a time.
 */
final class TurnedAway extends ChannelInboundHandlerAdapter {

    private static final int MOST_AT_A_TIME = 256;
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Loop loop;
    private final AtomicInteger lingering;

    /** @param lingering how many there are at the moment, counted here */
    TurnedAway(Loop loop, AtomicInteger lingering) {
        this.loop = loop;
        this.lingering = lingering;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel channel = context.channel();
        lingering.incrementAndGet();
        channel.closeFuture().addListener(closed -> lingering.decrementAndGet());
        if (lingering.get() > MOST_AT_A_TIME) {
            channel.close();
            return;
        }
        channel.writeAndFlush(ErrorAnswer.of(
                        channel.alloc(),
                        Failure.TOO_MANY_CONNECTIONS,
                        "as many connections are open as may be",
                        Optional.of(SOON),
                        null,
                        loop.date.now(),
                        false,
                        false,
                        true))
                .addListener(sent -> ((SocketChannel) channel).shutdownOutput());
        long patience = loop.settings.timeouts().linger().toMillis();
        channel.eventLoop().schedule(() -> channel.close(), patience, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
