package dev.luma.config;

import dev.luma.proxy.Transport;

/** Which transport the data plane's event loops use: the best one that is always safe, or the one that is named. */
public enum EventLoopChoice {
    AUTO,
    EPOLL,
    IO_URING,
    NIO;

    /** What that is on this machine; whether it can be used there is another question. */
    public Transport transport() {
        return this == AUTO ? Transport.usual() : Transport.valueOf(name());
    }
}
