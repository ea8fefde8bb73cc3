package dev.luma.proxy;

import dev.luma.proxy.AccessRecord.End;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * How one client's connection ends: at once, when all that was written has been sent, or after the client has been listened
 * to for a while. Confined to the connection's loop.
 */
final class Parting {

    private final ClientConnection client;
    private final Channel channel;
    private boolean closing;
    private boolean lingering;
    private boolean answersSent;

    Parting(ClientConnection client, Channel channel) {
        this.client = client;
        this.channel = channel;
    }

    /** Whether nothing that the client sends is looked at any more. */
    boolean isUnderWay() {
        return closing || lingering;
    }

    boolean isLingering() {
        return lingering;
    }

    /** Whether all answers have been sent, and the client is listened to only so that it gets them. */
    boolean hasSentAll() {
        return lingering && answersSent;
    }

    void closeAfterWrites() {
        closing = true;
        client.input.drop();
        client.patience.stir();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Half-closes and listens for a while: a reset for octets that nobody read could overtake the answer. */
    void linger() {
        lingering = true;
        client.input.drop();
        client.patience.stir();
        channel.config().setAutoRead(true);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            answersSent = true;
            client.patience.stir();
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
    }

    /** Cuts the connection so that the client sees that its answer is not whole. */
    void cut(End end) {
        client.ends(end);
        if (channel instanceof SocketChannel socket && socket.isOpen()) {
            socket.config().setSoLinger(0);
        }
        close();
    }

    /** The same, of Luma's own accord. */
    void cutBecause(String reason) {
        client.trail().broken(reason);
        cut(End.LUMA_CUT);
    }

    /** Closes where no answer is under way, or none that could be taken for whole. */
    void closeBecause(String reason) {
        client.trail().broken(reason);
        client.ends(End.LUMA_CUT);
        close();
    }

    void close() {
        closing = true;
        client.input.drop();
        channel.close();
    }

    /** The channel has been closed, by whomever. */
    void isOver() {
        closing = true;
        client.input.drop();
    }
}
