package dev.luma.proxy;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, but a socket of which nothing is wanted for the moment stays in the kernel's set. Netty 4.2.18 takes it
 * out, forgets that it did, and fails to change it when something is wanted again. That happens when one direction has
 * ended, so that there is no end to wait for, while the other one is held up: the connection would break in the middle
 * of an answer.
 */
final class SteadyEpoll implements IoHandler {

    private final IoHandler epoll;

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
        return new Steady(epoll.register(handle));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    private static final class Steady implements IoRegistration {

        private final IoRegistration plain;
        private boolean inSet;

        Steady(IoRegistration plain) {
            this.plain = plain;
        }

        @SuppressWarnings("TypeParameterUnusedInFormals") // the signature that is overridden
        @Override
        public <T> T attachment() {
            return plain.attachment();
        }

        @Override
        public long submit(IoOps wanted) {
            if (inSet && EpollIoOps.NONE.equals(wanted)) {
                // The kernel tells of a broken socket in any case: by its edge once, and not for as long as it is
                // broken.
                return plain.submit(EpollIoOps.EPOLLET);
            }
            inSet |= !EpollIoOps.NONE.equals(wanted);
            return plain.submit(wanted);
        }

        @Override
        public boolean isValid() {
            return plain.isValid();
        }

        @Override
        public boolean cancel() {
            return plain.cancel();
        }
    }
}
