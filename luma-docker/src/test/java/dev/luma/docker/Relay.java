package dev.luma.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A unix socket, or a TCP port, between Luma and the engine that a test can cut, restore and freeze, while the engine itself goes on for
 * everybody else.
 */
final class Relay implements AutoCloseable {

    private final Path engine;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean frozen;
    private SocketAddress address;
    private @Nullable ServerSocketChannel server;

    private Relay(Path engine, SocketAddress address) {
        this.engine = engine;
        this.address = address;
    }

    static Relay onSocket(Path engine, Path folder) {
        Relay relay = new Relay(engine, UnixDomainSocketAddress.of(folder.resolve("relay.sock")));
        relay.restore();
        return relay;
    }

    static Relay onPort(Path engine) {
        Relay relay = new Relay(engine, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        relay.restore();
        return relay;
    }

    synchronized URI host() {
        return address instanceof InetSocketAddress inet
                ? URI.create("tcp://127.0.0.1:" + inet.getPort())
                : URI.create("unix://" + address);
    }

    synchronized void restore() {
        frozen = false;
        try {
            ServerSocketChannel listening = address instanceof UnixDomainSocketAddress
                    ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    : ServerSocketChannel.open();
            listening.bind(address);
            // The port stays the same from now on.
            address = listening.getLocalAddress();
            server = listening;
            daemon(() -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As if the engine had stopped: its socket is gone, and every connection ends. */
    synchronized void cut() {
        try {
            if (server != null) {
                server.close();
            }
            if (address instanceof UnixDomainSocketAddress unix) {
                Files.deleteIfExists(unix.getPath());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(Relay::close);
        open.clear();
    }

    /** As if the engine hung: connections are accepted, and nothing is ever answered. */
    void freeze() {
        frozen = true;
    }

    /** Connections that are made from now on work again. */
    void thaw() {
        frozen = false;
    }

    @Override
    public void close() {
        cut();
    }

    private void accept(ServerSocketChannel listening) {
        while (listening.isOpen()) {
            try {
                SocketChannel client = listening.accept();
                SocketChannel upstream = SocketChannel.open(UnixDomainSocketAddress.of(engine));
                open.add(client);
                open.add(upstream);
                daemon(() -> pump(client, upstream));
                daemon(() -> pump(upstream, client));
            } catch (IOException cut) {
                return;
            }
        }
    }

    private void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining() && !frozen) {
                    to.write(buffer);
                }
            }
        } catch (IOException cut) {
            close(from);
        } finally {
            close(to);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
