package dev.luma.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.TimeUnit;

/**
 * A client has closed its sending side, so that all that it will ever send is here: has it left, or does it want its answer
 * all the same? Confined to the connection's loop.
 */
final class HalfClose {

    private static final byte[] PROCESSING = Octets.of("HTTP/1.1 102 Processing\r\n\r\n");
    private static final long FIRST_PROBE_MILLIS = 20;

    private final ClientConnection client;
    private final Channel channel;
    private boolean happened;
    private boolean probing;

    HalfClose(ClientConnection client, Channel channel) {
        this.client = client;
        this.channel = channel;
    }

    void happens() {
        happened = true;
    }

    boolean hasHappened() {
        return happened;
    }

    /** What the client sent is here, or has been passed on as far as it can be now. Told again after each change. */
    void takeEndOfInput() {
        Exchange current = client.exchange();
        if (current != null) {
            takeEndOfInput(current);
        } else if (client.input.waiting() == null || channel.isWritable()) {
            client.parting.closeAfterWrites();
        }
    }

    private void takeEndOfInput(Exchange current) {
        switch (current.stage()) {
            case ADMISSION -> {
                if (client.requestBody().needsMoreThan(client.input.waitingOctets())) {
                    current.abandon();
                } else {
                    probe();
                }
            }
            case RELAYING -> {
                if (!client.requestBody().isDone()) {
                    current.abandon();
                } else if (current.mayBeProbed()) {
                    probe();
                } else {
                    client.patience.stir();
                }
            }
            case TUNNEL -> current.endTunnelInput();
            case STREAM -> current.abandon(); // a browser never half-closes
            case CONNECTING, OVER -> {}
        }
    }

    /** An interim answer finds out (RFC 9110 section 15.2): a client that has left resets, and the next write fails. */
    private void probe() {
        if (!probing) {
            probing = true;
            probe(FIRST_PROBE_MILLIS);
        }
    }

    private void probe(long gapMillis) {
        Exchange current = client.exchange();
        if (current == null || !current.mayBeProbed() || !channel.isActive()) {
            probing = false;
            return;
        }
        client.trail().sent(PROCESSING.length);
        channel.writeAndFlush(Unpooled.wrappedBuffer(PROCESSING)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        channel.eventLoop().schedule(() -> probe(gapMillis * 4), gapMillis, TimeUnit.MILLISECONDS);
    }
}
