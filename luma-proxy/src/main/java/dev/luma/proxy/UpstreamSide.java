package dev.luma.proxy;

import dev.luma.core.Lease;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange holds on the side of its upstream: the lease, the connection, and the request's head as long as it may
 * have to be sent (again). One for each client's connection, used again for each of its exchanges, which leave nothing
 * behind in it, and confined to their loop.
 */
final class UpstreamSide {

    private static final byte[] NOTHING = {};

    private final ClientConnection client;
    private final Loop loop;
    private @Nullable Lease lease;
    private @Nullable UpstreamConnection connection;
    private @Nullable ByteBuf head;

    UpstreamSide(ClientConnection client, Loop loop) {
        this.client = client;
        this.loop = loop;
    }

    void keep(ByteBuf readyHead) {
        assert head == null && lease == null && connection == null : "left behind by the exchange before";
        head = readyHead;
    }

    /** Keeps the head in little room, as there may be thousands who wait. */
    void condenseHead() {
        ByteBuf kept = head;
        if (kept != null) {
            head = Buffers.dense(client.allocator(), kept);
        }
    }

    /** The request will not be sent again. */
    void dropHead() {
        ByteBuf kept = head;
        head = null;
        if (kept != null) {
            kept.release();
        }
    }

    void hold(Lease granted) {
        lease = granted;
    }

    @Nullable
    Lease lease() {
        return lease;
    }

    /** The field line that tells the client for how long the request has waited, if it has. */
    byte[] timing() {
        Lease held = lease;
        return held != null && held.waitedNanos() > 0
                ? ServerTiming.line(held.waitedNanos(), held.instance().boot())
                : NOTHING;
    }

    /** What is relayed from now on may last as long as it likes. */
    void lasts() {
        Lease held = lease;
        if (held != null) {
            held.lasts();
        }
    }

    void opens(UpstreamConnection opening) {
        connection = opening;
    }

    /** Sends the head on a connection that stands, and keeps it too if it may have to be sent again. */
    void sendHead(UpstreamConnection to, Exchange exchange, boolean repeatable) {
        connection = to;
        to.serve(exchange);
        ByteBuf request = head;
        if (request == null) {
            throw new IllegalStateException("the request's head has been given away");
        }
        if (repeatable) {
            to.write(request.retain().readerIndex(0)); // one write of it is over before the next begins
        } else {
            head = null;
            to.write(request);
        }
    }

    /** Passes on octets of the request's body, or of a tunnel, and what comes behind them without being read. */
    void send(ByteBuf octets, BodyFraming body) {
        UpstreamConnection to = connection;
        if (to == null) {
            octets.release();
        } else {
            to.write(octets);
            to.carryRequest(body, client);
        }
    }

    boolean isWritable() {
        UpstreamConnection to = connection;
        return to == null || to.isWritable();
    }

    /** Says that nothing more comes from the client, in a tunnel. */
    void shutdownOutput() {
        UpstreamConnection to = connection;
        if (to != null) {
            to.shutdownOutput();
        }
    }

    /** Behind a part of the answer's body that has been passed on. */
    void carryAnswer(BodyFraming body) {
        UpstreamConnection from = connection;
        if (from != null) {
            from.carryAnswer(body, client);
        }
    }

    /** Reads no more of the answer than the client takes. */
    void pace() {
        UpstreamConnection from = connection;
        if (from != null && !client.isWritable()) {
            from.setReading(false);
        }
    }

    /** The client takes more. */
    void resume() {
        UpstreamConnection from = connection;
        if (from != null) {
            from.setReading(true);
        }
    }

    /** The instance took no connection; false if none was asked for. */
    boolean releaseUnreachable() {
        Lease refused = lease;
        if (refused == null) {
            return false;
        }
        lease = null;
        connection = null;
        refused.releaseUnreachable();
        return true;
    }

    /** The whole answer is here: the connection may serve others if both sides went by the book. */
    void giveBack(boolean reusable) {
        UpstreamConnection from = connection;
        connection = null;
        if (from != null) {
            from.serve(null);
            from.setReading(true);
            if (reusable && from.isUsable() && from.hasSentAll()) {
                loop.pool.put(from);
            } else {
                from.close();
            }
        }
        releaseLease();
    }

    /** The connection is gone by itself. */
    void forgetConnection() {
        connection = null;
    }

    /** Lets go of everything, in the middle of whatever it was. */
    void leave() {
        dropHead();
        UpstreamConnection from = connection;
        connection = null;
        if (from != null) {
            from.serve(null);
            from.close();
        }
        releaseLease();
    }

    void releaseLease() {
        Lease held = lease;
        lease = null;
        if (held != null) {
            held.release();
        }
    }
}
