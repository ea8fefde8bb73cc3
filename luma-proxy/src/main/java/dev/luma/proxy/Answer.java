package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request on its way from the upstream to the client: interim heads, the head, the body. One for each
 * client's connection, used again for each of its exchanges, and confined to their loop.
 */
final class Answer {

    private static final byte[] NOTHING = {};
    private static final int SMALL_BODY = 2048;

    private enum Progress {
        INCOMPLETE,
        PASSED_ON,
        PASSED_ON_WITH_CONTENT
    }

    private final ClientConnection client;
    private final Loop loop;
    private final BodyFraming body = new BodyFraming();

    private boolean received;
    private boolean begun;
    private boolean dechunk;
    private boolean clientStays;
    private boolean upstreamStays;

    Answer(ClientConnection client, Loop loop) {
        this.client = client;
        this.loop = loop;
    }

    /** Forgets the answer before. */
    void reset() {
        received = false;
        begun = false;
        dechunk = false;
        clientStays = false;
        upstreamStays = false;
        body.none();
    }

    BodyFraming body() {
        return body;
    }

    /** Whether anything has come from the upstream. */
    boolean isReceived() {
        return received;
    }

    /** Whether its head, more than an interim one, has been passed on. */
    boolean isBegun() {
        return begun;
    }

    boolean endsWithConnection() {
        return begun && body.isUntilClose();
    }

    /** Whether the client was told that its connection stays. */
    boolean leavesClientOpen() {
        return clientStays;
    }

    boolean leavesUpstreamOpen() {
        return upstreamStays;
    }

    /** Takes octets over; what comes back is the beginning of a head, to be given again with what follows. */
    @Nullable
    ByteBuf take(ByteBuf octets, Exchange exchange) {
        ByteBuf in = octets;
        received = true;
        try {
            while (exchange.isRelaying() && in.isReadable() && !begun) {
                switch (readHead(in, exchange)) {
                    case INCOMPLETE -> {
                        return in;
                    }
                    case PASSED_ON_WITH_CONTENT -> {
                        return null;
                    }
                    case PASSED_ON -> {}
                }
            }
            if (exchange.isTunnel()) {
                ByteBuf all = in;
                in = null;
                client.write(all);
                client.upstreamSide.pace();
            } else if (exchange.isRelaying() && begun) {
                in = relayContent(in, exchange);
            }
        } catch (BadMessage bad) {
            exchange.answerBroken(bad);
        }
        if (in != null) {
            in.release();
        }
        return null;
    }

    private Progress readHead(ByteBuf in, Exchange exchange) throws BadMessage {
        int loaded = loop.load(in);
        ResponseHead head = loop.responseHead;
        int length = head.scan(loop.scratch(), loaded);
        if (length == 0) {
            int most = loop.settings.bounds().head();
            if (loaded == most) {
                throw BadMessage.malformed("the head is larger than " + most + " octets");
            }
            return Progress.INCOMPLETE;
        }
        in.skipBytes(length);
        if (head.isInterim()) {
            if (!exchange.http10) {
                ByteBuf interim = HeadWriter.response(loop.compose(), head, false, false, false, NOTHING, NOTHING);
                client.write(Buffers.copy(client.allocator(), interim, 0));
                client.upstreamSide.pace();
            }
            exchange.interimPassed();
            return Progress.PASSED_ON;
        }
        if (begin(head, in, exchange)) {
            contentPassed(exchange, false);
            return Progress.PASSED_ON_WITH_CONTENT;
        }
        if (body.isDone() && exchange.isRelaying()) {
            exchange.finish(in.isReadable());
        }
        return Progress.PASSED_ON;
    }

    /** True if the content that has come with the head is passed on too, in the same buffer. */
    private boolean begin(ResponseHead head, ByteBuf in, Exchange exchange) throws BadMessage {
        boolean switched = head.status == 101;
        if (switched && !exchange.upgrade) {
            throw BadMessage.malformed("it switches protocols without being asked to");
        }
        frame(head, exchange.headRequest);
        begun = true;
        dechunk = head.fields.framing.chunked && exchange.http10;
        upstreamStays = head.isPersistent() && !body.isUntilClose();
        clientStays = exchange.mayStay() && !body.isUntilClose() && !dechunk;
        boolean close = !clientStays && !switched;
        ByteBuf answer = HeadWriter.response(
                loop.compose(),
                head,
                dechunk,
                close,
                clientStays && exchange.http10,
                head.fields.date || switched ? NOTHING : loop.date.now(),
                exchange.answerBegins());
        client.trail().answered(head.status);
        // Where nothing else is in the buffer, the head goes to where the old one was: no other buffer, and one write.
        int content = in.readableBytes();
        if (!switched && body.isAtLeast(content) && Buffers.prepend(answer, in)) {
            body.take(content);
            client.write(in);
            return true;
        }
        // Otherwise a small body that has come with its head is copied.
        int small = body.takeWhole(in, SMALL_BODY);
        client.write(Buffers.copy(client.allocator(), answer, small).writeBytes(in, small));
        if (switched) {
            exchange.switchProtocols();
        }
        return false;
    }

    /** Where the body ends (RFC 9112 section 6.3). */
    private void frame(ResponseHead head, boolean toHead) {
        boolean bodiless = toHead || head.status == 204 || head.status == 304 || head.status == 101;
        if (bodiless) {
            body.none();
        } else if (head.fields.framing.chunked) {
            body.chunked();
        } else if (head.fields.framing.contentLength >= 0) {
            body.counted(head.fields.framing.contentLength);
        } else {
            body.untilClose();
        }
    }

    /** Passes on what belongs to the body; what comes back is still to be released. */
    private @Nullable ByteBuf relayContent(ByteBuf in, Exchange exchange) throws BadMessage {
        ByteBuf left = in;
        if (dechunk) {
            for (ByteBuf content = body.nextContent(in); content != null; content = body.nextContent(in)) {
                client.write(content);
            }
        } else {
            int length = body.measure(in);
            if (length == in.readableBytes()) {
                left = null;
                client.write(in);
            } else if (length > 0) {
                client.write(in.readRetainedSlice(length));
            }
        }
        contentPassed(exchange, left != null && left.isReadable());
        return left;
    }

    private void contentPassed(Exchange exchange, boolean leftovers) {
        if (!dechunk) {
            client.upstreamSide.carryAnswer(body);
        }
        if (body.isDone()) {
            exchange.finish(leftovers);
        } else {
            client.upstreamSide.pace();
        }
    }
}
