package dev.luma.proxy;

import dev.luma.core.Instance;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to an instance, on the loop of the clients that it serves, one exchange at a time. It is used again only
 * after an exchange that went by the book. No field is volatile: all of it runs on the loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);

    private final Loop loop;
    private final Instance instance;
    private final ReceiveBuffers receiveBuffers = new ReceiveBuffers();
    private @Nullable Channel channel;
    private @Nullable Exchange exchange;
    private @Nullable ByteBuf pending;
    private long idleSince;
    private boolean broken;

    UpstreamConnection(Loop loop, Instance instance) {
        this.loop = loop;
        this.instance = instance;
    }

    /** Connects and tells the exchange when the connection stands, or that it cannot be had. */
    void connect(Exchange first) {
        SocketChannel made;
        try {
            made = new ReflectiveChannelFactory<>(loop.loops.transport.connectionType).newChannel();
        } catch (ChannelException noSocket) {
            // A bootstrap would tell it on a thread of its own.
            first.noSocket(noSocket);
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(loop.eventLoop)
                .channelFactory(() -> made)
                .option(ChannelOption.ALLOCATOR, loop.allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        loop.settings.timeouts().connect().toMillis())
                // An upstream that answers early and closes makes our writes fail; its answer must still be read.
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, ProxyServer.WATER_MARK)
                .option(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers)
                .handler(this)
                .connect(Addresses.of(instance.endpoint()));
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                first.connected(this);
            } else {
                close();
                first.unreachable();
            }
            loop.flush();
        });
    }

    Instance instance() {
        return instance;
    }

    void serve(@Nullable Exchange next) {
        exchange = next;
    }

    boolean isUsable() {
        return !broken && open().isActive();
    }

    /** Whether what belongs to the request before is all gone, so that another one does not have to wait for it. */
    boolean hasSentAll() {
        return Buffers.unsent(open()) == 0;
    }

    long idleSince() {
        return idleSince;
    }

    void idleSince(long now) {
        idleSince = now;
    }

    private Channel open() {
        Channel opened = channel;
        if (opened == null) {
            throw new IllegalStateException("not connected yet");
        }
        return opened;
    }

    /** Writes the octets, which are this connection's from now on. */
    void write(ByteBuf octets) {
        Channel opened = open();
        opened.write(Buffers.forQueue(opened, octets), opened.voidPromise());
        loop.written(opened);
    }

    boolean isWritable() {
        return open().isWritable();
    }

    /** Passes on what has come of a long body without reading it: the answer's to the client, and the request's from it. */
    void carryAnswer(BodyFraming body, ClientConnection to) {
        loop.splice.carry(body, open(), receiveBuffers, to.channel());
    }

    void carryRequest(BodyFraming body, ClientConnection from) {
        loop.splice.carry(body, from.channel(), from.receiveBuffers(), open());
    }

    void setReading(boolean reading) {
        open().config().setAutoRead(reading);
    }

    /** Says that nothing more comes from the client, in a tunnel. */
    void shutdownOutput() {
        SocketChannel opened = (SocketChannel) open();
        // Only when everything has been sent: it would drop what has not.
        opened.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> opened.shutdownOutput());
    }

    void close() {
        Channel opened = channel;
        if (opened != null) {
            opened.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        ByteBuf before = pending;
        pending = null;
        if (before != null) {
            in = Buffers.join(context.alloc(), before, in);
        }
        Exchange serving = exchange;
        if (serving == null) {
            // Octets that nobody asked for: whatever they are, the next client must not get them.
            in.release();
            broken = true;
            close();
            return;
        }
        pending = serving.answerOctets(in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Exchange serving = exchange;
        if (serving != null) {
            serving.upstreamWritabilityChanged();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken = true;
        // A failed write leaves the answer to be read; a failed read is followed by the end of the channel.
        if (!(cause instanceof IOException)) {
            LOG.error("The connection to {} failed", instance, cause);
            close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        boolean failed = broken;
        broken = true;
        ByteBuf rest = pending;
        pending = null;
        if (rest != null) {
            rest.release();
        }
        Exchange serving = exchange;
        exchange = null;
        if (serving == null) {
            loop.pool.remove(this);
        } else {
            serving.upstreamClosed(failed);
        }
        loop.flush();
    }
}
