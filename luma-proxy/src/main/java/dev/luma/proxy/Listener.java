package dev.luma.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Watches over one listening socket. When no connection can be accepted, those that wait stay in the kernel's queue, and
 * it is tried again from time to time rather than as fast as possible.
 */
final class Listener extends ChannelInboundHandlerAdapter {

    private static final long PAUSE_MILLIS = 250;

    private final Loop loop;
    private boolean paused;

    Listener(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (paused || !context.channel().isOpen()) {
            return;
        }
        paused = true;
        context.channel().config().setAutoRead(false);
        context.executor()
                .schedule(
                        () -> {
                            paused = false;
                            context.channel().config().setAutoRead(true);
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
        loop.crowd.noSocket(cause);
        if (OutOfFiles.is(cause)) {
            loop.pool.closeAll(); // what nobody uses goes first
        }
    }
}
