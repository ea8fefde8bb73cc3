package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How much one connection reads at once: what it mostly has to read, but only a little while a long body goes past, so
 * that nearly all of it is left to {@link Splice}. Confined to the connection's loop.
 */
final class ReceiveBuffers extends AdaptiveRecvByteBufAllocator {

    /** Before what is read, so that a head can be written anew in its place with what Luma adds to it. */
    private static final int HEADROOM = 64;

    private static final int LITTLE = 16 * 1024;

    private boolean little;

    ReceiveBuffers() {
        super(2048, 4096, 64 * 1024);
    }

    void readLittle(boolean now) {
        little = now;
    }

    @SuppressWarnings("deprecation") // the type of the method that is overridden
    @Override
    public Handle newHandle() {
        return new Reading((ExtendedHandle) super.newHandle());
    }

    private final class Reading extends DelegatingHandle implements ExtendedHandle {

        private final RecvByteBufAllocator.ExtendedHandle adaptive;

        Reading(ExtendedHandle adaptive) {
            super(adaptive);
            this.adaptive = adaptive;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf buffer = little ? allocator.ioBuffer(LITTLE) : adaptive.allocate(allocator);
            return buffer.setIndex(HEADROOM, HEADROOM);
        }

        // The place before counts as if it had been read: by what fills a buffer the next ones grow.

        @Override
        public void attemptedBytesRead(int octets) {
            adaptive.attemptedBytesRead(octets + HEADROOM);
        }

        @Override
        public void lastBytesRead(int octets) {
            adaptive.lastBytesRead(octets > 0 ? octets + HEADROOM : octets);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier mayBeMore) {
            return adaptive.continueReading(mayBeMore);
        }
    }
}
