package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one client has sent and nobody has taken yet: heads are found in it one after the other, bodies are given to the
 * exchange that they belong to, and it is read on only as far as there is room. Confined to the connection's loop.
 */
final class ClientInput {

    private static final int LARGEST_KEPT = 4096;

    private final ClientConnection client;
    private final Loop loop;
    private final Channel channel;
    private final PartialHead partialHead;
    private @Nullable ByteBuf pending;
    private boolean processing;

    ClientInput(ClientConnection client, Loop loop, Channel channel) {
        this.client = client;
        this.loop = loop;
        this.channel = channel;
        this.partialHead = new PartialHead(loop.settings.bounds());
    }

    /** Takes octets over, behind those that are here. */
    void add(ByteBuf in) {
        ByteBuf before = pending;
        pending = before == null ? in : Buffers.join(channel.alloc(), before, in);
        process();
    }

    /** Goes on with what has been read, as far as it can go now. */
    void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (pending != null && !client.parting.isUnderWay() && step(pending)) {
                if (pending != null && !pending.isReadable()) {
                    drop();
                }
            }
        } finally {
            processing = false;
        }
        if (client.halfClose.hasHappened() && !client.parting.isUnderWay()) {
            client.halfClose.takeEndOfInput();
        }
        pace();
    }

    private boolean step(ByteBuf in) {
        Exchange current = client.exchange();
        if (current == null) {
            return readHead(in);
        }
        if (!current.takesBody()) {
            return false;
        }
        try {
            int length = current.measureBody(in);
            client.trail().took(length);
            if (length == in.readableBytes()) {
                pending = null;
                current.sendBody(in);
            } else if (length > 0) {
                current.sendBody(in.readRetainedSlice(length));
            }
            return length > 0;
        } catch (BadMessage bad) {
            current.requestBroken(bad);
            return false;
        }
    }

    private boolean readHead(ByteBuf in) {
        if (!channel.isWritable()) {
            return false; // a client that does not read its answers gets no more of them for now
        }
        try {
            if (partialHead.isUnderWay() && !partialHead.mayBeComplete(in, client.halfClose.hasHappened())) {
                return false;
            }
            int loaded = loop.load(in);
            RequestHead head = loop.requestHead;
            int length = head.scan(loop.scratch(), loaded);
            if (length == 0) {
                if (!partialHead.isUnderWay()) {
                    client.patience.stir();
                }
                partialHead.goesOn(in, loaded);
                return false;
            }
            partialHead.checkLine(head);
            in.skipBytes(length);
            partialHead.clear();
            client.begin(head, length);
            return true;
        } catch (BadMessage bad) {
            client.ownAnswers.failure(
                    bad.failure(), bad.detail(), Optional.empty(), false, loop.requestHead.methodIs("HEAD"), false);
            return false;
        }
    }

    /** The head as a buffer of its own: that in which it came, if there is nothing else in it and it has room. */
    ByteBuf keep(ByteBuf head) {
        ByteBuf in = pending;
        boolean fits = in != null && in.capacity() >= head.readableBytes() && in.capacity() <= LARGEST_KEPT;
        if (in == null || !fits || in.isReadable() || in.refCnt() != 1) {
            return Buffers.copy(channel.alloc(), head, 0);
        }
        pending = null;
        return in.clear().writeBytes(head, head.readerIndex(), head.readableBytes());
    }

    /** Reads on while there is room; what an exchange does not take yet stays bounded. */
    void pace() {
        if (client.parting.isUnderWay() || client.halfClose.hasHappened()) {
            return;
        }
        ByteBuf waiting = pending;
        Exchange current = client.exchange();
        boolean room = waiting == null
                || waiting.readableBytes() < loop.settings.bounds().parked();
        boolean reading = room && (current == null ? channel.isWritable() : current.canTakeMore());
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    /** What has been read and not been passed on; null when there is nothing. */
    @Nullable
    ByteBuf waiting() {
        return pending;
    }

    /** How many octets have been read and not been passed on. */
    int waitingOctets() {
        ByteBuf waiting = pending;
        return waiting == null ? 0 : waiting.readableBytes();
    }

    /** Whether the beginning of a request is here, and the rest of its head is still to come. */
    boolean awaitsHead() {
        return partialHead.isUnderWay();
    }

    /** The next octets are looked at anew, whatever has been found out about those that wait. */
    void startAnew() {
        partialHead.clear();
    }

    void drop() {
        ByteBuf rest = pending;
        pending = null;
        if (rest != null) {
            rest.release();
        }
    }
}
