package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** What is done with octets that arrive in pieces. */
final class Buffers {

    private Buffers() {}

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
