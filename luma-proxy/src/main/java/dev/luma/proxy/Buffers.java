package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

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

    /** Puts the octets of the one where the other has been read already; false if there is no place, or it is shared. */
    static boolean prepend(ByteBuf first, ByteBuf to) {
        int length = first.readableBytes();
        int start = to.readerIndex() - length;
        if (start < 0 || to.refCnt() != 1 || to.isReadOnly()) {
            return false;
        }
        to.setBytes(start, first, first.readerIndex(), length).readerIndex(start);
        return true;
    }

    /** The octets from the buffer's start, in a buffer that is not much larger than they are; takes the other over. */
    static ByteBuf dense(ByteBufAllocator allocator, ByteBuf octets) {
        octets.readerIndex(0);
        if (octets.capacity() / 2 <= octets.readableBytes()) {
            return octets;
        }
        ByteBuf dense = copy(allocator, octets, 0);
        octets.release();
        return dense;
    }

    /** A buffer with just these octets. */
    static ByteBuf copy(ByteBufAllocator allocator, ByteBuf octets, int room) {
        return allocator
                .directBuffer(octets.readableBytes() + room)
                .writeBytes(octets, octets.readerIndex(), octets.readableBytes());
    }

    /** How many octets that have been written to the channel the kernel has not taken yet. */
    static long unsent(Channel channel) {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes() - queue.currentProgress();
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
