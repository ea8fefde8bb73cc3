package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the scanner and the framing of Luma make of a connection's octets, without a connection: the requests that are
 * whole, and the status of the refusal behind them, or 0.
 */
record Reading(List<Request> requests, int refused) {

    /** @param body without its framing */
    record Request(String method, String target, String body) {}

    static Reading of(byte[] octets) {
        return of(List.of(octets));
    }

    /** Read piece by piece, as if each came by itself. */
    static Reading of(List<byte[]> pieces) {
        Reader reader = new Reader();
        try {
            for (byte[] piece : pieces) {
                reader.read(piece);
            }
        } catch (BadMessage bad) {
            return new Reading(reader.requests, bad.failure().status());
        }
        return new Reading(reader.requests, 0);
    }

    private static final class Reader {
        private final List<Request> requests = new ArrayList<>();
        private final RequestHead head = new RequestHead();
        private final BodyFraming framing = new BodyFraming();
        private final StringBuilder body = new StringBuilder();
        private byte[] unread = {};
        private boolean inBody;
        private String method = "";
        private String target = "";

        void read(byte[] piece) throws BadMessage {
            byte[] octets = Arrays.copyOf(unread, unread.length + piece.length);
            System.arraycopy(piece, 0, octets, unread.length, piece.length);
            ByteBuf in = Unpooled.wrappedBuffer(octets);
            while (inBody ? readBody(in) : in.isReadable() && readHead(in)) {
                inBody = !inBody;
            }
            unread = new byte[in.readableBytes()];
            in.readBytes(unread);
        }

        private boolean readHead(ByteBuf in) throws BadMessage {
            byte[] rest = new byte[in.readableBytes()];
            in.getBytes(in.readerIndex(), rest);
            int length = head.scan(rest, rest.length);
            if (length == 0) {
                return false;
            }
            int targetStart = head.absoluteForm ? head.methodEnd + 1 : head.targetStart;
            method = Octets.text(rest, head.methodStart, head.methodEnd);
            target = Octets.text(rest, targetStart, head.targetEnd);
            Authority.host(rest, head.authorityStart, head.authorityEnd);
            in.skipBytes(length);
            body.setLength(0);
            if (head.fields.framing.chunked) {
                framing.chunked();
            } else {
                framing.counted(Math.max(0, head.fields.framing.contentLength));
            }
            return true;
        }

        private boolean readBody(ByteBuf in) throws BadMessage {
            if (head.fields.framing.chunked) {
                for (ByteBuf piece = framing.nextContent(in); piece != null; piece = framing.nextContent(in)) {
                    body.append(piece.toString(StandardCharsets.ISO_8859_1));
                    piece.release();
                }
            } else {
                body.append(in.readCharSequence(framing.measure(in), StandardCharsets.ISO_8859_1));
            }
            if (framing.isDone()) {
                requests.add(new Request(method, target, body.toString()));
            }
            return framing.isDone();
        }
    }
}
