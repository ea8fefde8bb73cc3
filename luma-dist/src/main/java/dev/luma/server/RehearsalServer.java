package dev.luma.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes connections, each served by a thread of its own, until it is closed. */
final class RehearsalServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalServer.class);

    /** Serves one connection to its end. */
    interface Service {
        void serve(InputStream in, OutputStream out) throws IOException;
    }

    private final ServerSocketChannel listener;
    private final Service service;
    private final ThreadFactory threads = Threads.named("luma-rehearsal");
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private RehearsalServer(ServerSocketChannel listener, Service service) {
        this.listener = listener;
        this.service = service;
    }

    static RehearsalServer at(SocketAddress address, Service service) throws IOException {
        ServerSocketChannel listener = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        RehearsalServer server = new RehearsalServer(listener.bind(address), service);
        server.threads.newThread(server::accept).start();
        return server;
    }

    SocketAddress address() throws IOException {
        return listener.getLocalAddress();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel one = listener.accept();
                open.add(one);
                threads.newThread(() -> serve(one)).start();
            }
        } catch (IOException closed) {
            LOG.trace("Takes no more connections", closed);
        }
    }

    private void serve(SocketChannel one) {
        try (one) {
            service.serve(new BufferedInputStream(Channels.newInputStream(one)), Channels.newOutputStream(one));
        } catch (IOException ended) {
            LOG.trace("A connection has ended", ended);
        } finally {
            open.remove(one);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel one : open) {
            one.close();
        }
    }
}
