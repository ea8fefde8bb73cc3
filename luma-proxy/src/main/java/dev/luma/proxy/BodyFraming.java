package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Knows where the body of one message ends (RFC 9112 section 6): by count, by chunks, or with the connection. */
final class BodyFraming {

    private static final long UNTIL_CLOSE = Long.MAX_VALUE;

    private long left;
    private @Nullable ChunkWalker chunks;
    private long chunksLeft;
    private long content;
    private long moved;

    void none() {
        begin();
        left = 0;
        chunks = null;
    }

    void counted(long length) {
        begin();
        left = length;
        chunks = null;
    }

    void chunked() {
        begin();
        left = 0;
        chunks = new ChunkWalker();
        chunksLeft = Long.MAX_VALUE;
    }

    /** Bounds the content of all chunks together. */
    void atMost(long content) {
        chunksLeft = content;
    }

    void untilClose() {
        begin();
        left = UNTIL_CLOSE;
        chunks = null;
    }

    private void begin() {
        content = 0;
        moved = 0;
    }

    /** How many octets of content have been counted, without the framing of chunks. */
    long content() {
        return content;
    }

    /** How many of them have passed without being read. */
    long moved() {
        return moved;
    }

    boolean isUntilClose() {
        return left == UNTIL_CLOSE;
    }

    boolean isDone() {
        return chunks == null ? left == 0 : chunks.isAtEnd();
    }

    /** Whether the body certainly has more octets than these; chunks that are not walked yet are not known. */
    boolean needsMoreThan(int octets) {
        return chunks == null && left > octets;
    }

    /** Whether so many octets are certainly of the body, whatever they are; chunks that are not walked yet are not known. */
    boolean isAtLeast(int octets) {
        return chunks == null && left >= octets;
    }

    /** Counts off octets of which {@link #isAtLeast} is true. */
    void take(int octets) {
        if (left != UNTIL_CLOSE) {
            left -= octets;
        }
        content += octets;
    }

    /** How many octets are still to come of a body whose length is known; 0 for any other. */
    long counted() {
        return chunks == null && left != UNTIL_CLOSE ? left : 0;
    }

    /** That many octets of a counted body have passed. */
    void pass(long octets) {
        left -= octets;
        content += octets;
        moved += octets;
    }

    /** Goes over the readable octets that belong to the body and says how many they are. */
    int measure(ByteBuf in) throws BadMessage {
        if (chunks == null) {
            int step = (int) Math.min(left, in.readableBytes());
            take(step);
            return step;
        }
        int at = in.readerIndex();
        while (at < in.writerIndex() && !chunks.isAtEnd()) {
            int from = at;
            at = chunks.walk(in, from, in.writerIndex());
            if (chunks.wasData()) {
                chunksLeft -= at - from;
                content += at - from;
                if (chunksLeft < 0) {
                    throw new BadMessage(Failure.BODY_TOO_LARGE, "the request's body is larger than it may be");
                }
            }
        }
        return at - in.readerIndex();
    }

    /** Counts off the whole body if it is all there and no longer than {@code most}, and says how long it is; otherwise 0. */
    int takeWhole(ByteBuf in, int most) {
        if (chunks != null || left > most || left > in.readableBytes()) {
            return 0;
        }
        int length = (int) left;
        take(length);
        return length;
    }

    /** The next piece of content without its chunked framing, for a client that does not know it; null when there is none. */
    @Nullable
    ByteBuf nextContent(ByteBuf in) throws BadMessage {
        ChunkWalker walker = chunks;
        if (walker == null) {
            throw new IllegalStateException("not chunked");
        }
        while (in.isReadable() && !walker.isAtEnd()) {
            int from = in.readerIndex();
            int length = walker.walk(in, from, in.writerIndex()) - from;
            if (walker.wasData()) {
                content += length;
                return in.readRetainedSlice(length);
            }
            in.skipBytes(length);
        }
        return null;
    }
}
