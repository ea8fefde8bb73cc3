package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the octets of a long body from one socket to another inside the kernel (splice(2)), so that nobody copies them. It
 * takes only what is there, and what the receiver does not take at once joins its queue as an ordinary buffer: the pipe in
 * the middle is empty after each call, which lets one serve all connections of a loop. The end of a connection and its
 * errors stay with Netty, which meets them at its next read or write. Confined to the loop.
 */
final class Splice {

    /** With less of a body to come than this, copying it is as cheap. */
    static final int WORTH = 64 * 1024;

    /** So much is left to a usual read, which also sees what should not be there: octets behind the body. */
    private static final int TAIL = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(Splice.class);
    private static final int MOST_AT_ONCE = 256 * 1024;
    private static final int MOST_IN_A_ROW = 16;
    private static final int EPERM = -1;
    private static final int EINVAL = -22;
    private static final int ENOSYS = -38;

    /** Its reading end and its writing end. */
    private FileDescriptor @Nullable [] pipe;

    private boolean refused;
    private long moved;

    /** How many octets have been moved in all. */
    long moved() {
        return moved;
    }

    /** Passes on what has come of the body, behind what has been written, if enough of it is still to come. */
    void carry(BodyFraming body, Channel from, ReceiveBuffers reading, Channel to) {
        if (body.counted() >= WORTH
                && !refused
                && from.isOpen() // or else its descriptor may be somebody else's by now
                && from instanceof EpollSocketChannel sender
                && to instanceof EpollSocketChannel receiver) {
            receiver.flush();
            long carried = move(sender, receiver, body.counted() - TAIL);
            moved += carried;
            body.pass(carried);
        }
        reading.readLittle(body.counted() >= WORTH && !refused);
    }

    private long move(EpollSocketChannel from, EpollSocketChannel to, long most) {
        long taken = 0;
        try {
            for (int i = 0; i < MOST_IN_A_ROW && taken < most && hasNoQueue(to); i++) {
                FileDescriptor[] through = pipe;
                if (through == null) {
                    through = FileDescriptor.pipe();
                    pipe = through;
                }
                long limit = Math.min(MOST_AT_ONCE, most - taken);
                int piece = Native.splice(from.fd().intValue(), -1, through[1].intValue(), -1, limit);
                if (piece == 0) {
                    return taken;
                }
                taken += piece;
                give(through[0], to, piece);
            }
        } catch (IOException failed) {
            noteRefusal(failed);
        }
        return taken;
    }

    private static boolean hasNoQueue(Channel to) {
        ChannelOutboundBuffer queue = to.unsafe().outboundBuffer();
        return queue != null && queue.isEmpty();
    }

    private void give(FileDescriptor from, EpollSocketChannel to, int octets) throws IOException {
        int left = octets;
        try {
            try {
                int given = 1;
                while (left > 0 && given > 0) {
                    given = Native.splice(from.intValue(), -1, to.fd().intValue(), -1, left);
                    left -= given;
                }
            } catch (IOException failed) {
                noteRefusal(failed);
            }
            ByteBuf rest = left > 0 ? take(from, left, to.alloc()) : null;
            left = 0;
            if (rest != null) {
                to.writeAndFlush(rest, to.voidPromise());
            }
        } finally {
            if (left > 0) {
                // What is in the pipe must never reach the next one, and this receiver must notice that it is missing.
                close();
                to.close();
            }
        }
    }

    private static ByteBuf take(FileDescriptor from, int octets, ByteBufAllocator allocator) throws IOException {
        ByteBuf rest = allocator.directBuffer(octets);
        boolean whole = false;
        try {
            while (rest.isWritable()) {
                int length = from.readAddress(rest.memoryAddress(), rest.writerIndex(), rest.capacity());
                if (length <= 0) {
                    throw new IOException("a pipe has lost octets");
                }
                rest.writerIndex(rest.writerIndex() + length);
            }
            whole = true;
            return rest;
        } finally {
            if (!whole) {
                rest.release();
            }
        }
    }

    /** A kernel, or a filter in front of it, that does not know the call is not asked again. */
    private void noteRefusal(IOException failed) {
        if (failed instanceof Errors.NativeIoException known
                && (known.expectedErr() == EINVAL || known.expectedErr() == ENOSYS || known.expectedErr() == EPERM)) {
            refused = true;
            LOG.debug("The kernel moves no octets between sockets, so they are copied", failed);
        }
    }

    void close() {
        FileDescriptor[] used = pipe;
        pipe = null;
        if (used != null) {
            for (FileDescriptor end : used) {
                try {
                    end.close();
                } catch (IOException unclosed) {
                    LOG.warn("A pipe does not close", unclosed);
                }
            }
        }
    }
}
