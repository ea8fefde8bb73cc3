package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;

/** What is done with octets that arrive in pieces. */
final class Buffers {

    private static final int SPARSE = 4;
    private static final int KEEPING_UP = 8 * 1024;

    private Buffers() {}

    /**
     * What is to be written to a channel that does not keep up. A read fills its buffer as far as there are octets, and
     * what is queued counts by those; so that a queue of nearly empty buffers stays small too, few octets move out.
     */
    static ByteBuf forQueue(Channel to, ByteBuf octets) {
        boolean sparse = octets.capacity() / SPARSE > octets.readableBytes();
        if (!sparse || to.bytesBeforeUnwritable() > ProxyServer.WATER_MARK.high() - KEEPING_UP) {
            return octets;
        }
        ByteBuf dense = to.alloc().directBuffer(octets.readableBytes()).writeBytes(octets);
        octets.release();
        return dense;
    }

    /** One buffer with the octets of both; takes both over. */
    static ByteBuf join(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
        if (first.writableBytes() >= second.readableBytes() && first.refCnt() == 1 && !first.isReadOnly()) {
            first.writeBytes(second);
            second.release();
            return first;
        }
        int length = first.readableBytes() + second.readableBytes();
        ByteBuf joined = allocator.directBuffer(length * 2);
        joined.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return joined;
    }
}
