package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Begins the connection of a trusted proxy: waits for the header of the PROXY protocol, and makes way for the client that
 * it names. What is no such header ends the connection without a word to it, since nobody is there who would read it.
 */
final class ProxyProtocol extends ChannelInboundHandlerAdapter {

    private final Loop loop;
    private final SocketChannel channel;
    private final ClientConnection client;
    private final ProxyHeader header = new ProxyHeader();
    private @Nullable ByteBuf pending;
    private @Nullable ScheduledFuture<?> deadline;

    /** @param client what takes over; it hears of the connection when the header is there */
    ProxyProtocol(Loop loop, SocketChannel channel, ClientConnection client) {
        this.loop = loop;
        this.channel = channel;
        this.client = client;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        long patience = loop.settings.timeouts().head().toMillis();
        deadline = channel.eventLoop().schedule(this::overdue, patience, TimeUnit.MILLISECONDS);
    }

    private void overdue() {
        loop.crowd.notIntroduced(channel, "it did not come in time");
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf octets = (ByteBuf) message;
        ByteBuf before = pending;
        ByteBuf in = before == null ? octets : Buffers.join(context.alloc(), before, octets);
        pending = in;
        try {
            byte[] scanned = new byte[Math.min(in.readableBytes(), ProxyHeader.LONGEST)];
            in.getBytes(in.readerIndex(), scanned);
            int length = header.scan(scanned, scanned.length);
            if (length > 0) {
                in.skipBytes(length);
                pending = null;
                makeWay(context, in);
            }
        } catch (BadMessage noHeader) {
            loop.crowd.notIntroduced(channel, noHeader.detail());
            channel.close();
        }
    }

    private void makeWay(ChannelHandlerContext context, ByteBuf rest) {
        stopWaiting();
        InetAddress source = header.source();
        if (source != null && !isWelcome(source)) {
            rest.release();
            return;
        }
        client.introduce(Peer.of(channel, loop.settings.front(), header));
        context.pipeline().addLast(client);
        context.fireChannelActive();
        if (rest.isReadable()) {
            context.fireChannelRead(rest);
        } else {
            rest.release();
        }
        context.pipeline().remove(this);
    }

    /** A trusted proxy behind this one brings the connections of many clients too, so its address does not count. */
    private boolean isWelcome(InetAddress source) {
        return loop.settings.front().trusts(source) || loop.crowd.welcomeFrom(source, channel);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopWaiting();
        ByteBuf left = pending;
        pending = null;
        if (left != null) {
            left.release();
        }
    }

    private void stopWaiting() {
        ScheduledFuture<?> waiting = deadline;
        deadline = null;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
