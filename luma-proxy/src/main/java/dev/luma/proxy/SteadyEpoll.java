package dev.luma.proxy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Netty's epoll, without three habits of Netty 4.2.18. A socket of which nothing is wanted for the moment stays in the
 * kernel's set: Netty takes it out, forgets that it did, and fails to change it when something is wanted again, as when one
 * direction has ended while the other one is held up. What the kernel told of a connection that has been closed meanwhile
 * is dropped: Netty knows connections by their file descriptors, and passes it on to a new one that got the descriptor.
 * And a sender that has ended is read as slowly as any other: Netty empties its socket at once, though nobody wants it.
 * Confined to the loop.
 */
final class SteadyEpoll implements IoHandler {

    private final IoHandler epoll;
    /** Counts how often the kernel was asked for news. */
    private long turn;

    private SteadyEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory plain = EpollIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new SteadyEpoll(plain.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return plain.isChangingThreadSupported();
            }
        };
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        turn++;
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        Steady steady = new Steady((EpollIoHandle) handle);
        steady.plain = epoll.register(steady);
        return steady;
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    @SuppressWarnings("try") // what close() may throw is for the handle to say
    private final class Steady implements EpollIoHandle, IoRegistration {

        private final EpollIoHandle handle;
        private final long since = turn;
        private @Nullable IoRegistration plain;

        Steady(EpollIoHandle handle) {
            this.handle = handle;
        }

        private IoRegistration plain() {
            IoRegistration registered = plain;
            if (registered == null) {
                throw new IllegalStateException("not registered yet");
            }
            return registered;
        }

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            // News of the turn in which this one came was told before, of another one with the same descriptor.
            if (since != turn) {
                handle.handle(this, event);
            }
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }

        @SuppressWarnings("TypeParameterUnusedInFormals") // the signature that is overridden
        @Override
        public <T> T attachment() {
            return plain().attachment();
        }

        @Override
        public long submit(IoOps wanted) {
            // Of an end, the read that meets it tells; told earlier, Netty reads all that is there at once.
            EpollIoOps ops = ((EpollIoOps) wanted).without(EpollIoOps.EPOLLRDHUP);
            // The kernel tells of a broken socket in any case; where nobody reads it does so once, and not for ever.
            return plain().submit(ops.contains(EpollIoOps.EPOLLIN) ? ops : ops.with(EpollIoOps.EPOLLET));
        }

        @Override
        public boolean isValid() {
            return plain().isValid();
        }

        @Override
        public boolean cancel() {
            return plain().cancel();
        }
    }
}
