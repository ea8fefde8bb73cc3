package dev.luma.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
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
 * A unix socket between Luma and the engine that a test can cut, restore and freeze, while the engine itself goes on for
 * everybody else.
 */
final class Relay implements AutoCloseable {

    private final Path engine;
    private final Path socket;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean frozen;
    private @Nullable ServerSocketChannel server;

    /** Listens only when it is restored for the first time. */
    Relay(Path engine, Path folder) {
        this.engine = engine;
        this.socket = folder.resolve("relay.sock");
    }

    URI host() {
        return URI.create("unix://" + socket);
    }

    Path socket() {
        return socket;
    }

    synchronized void restore() {
        frozen = false;
        try {
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
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
            Files.deleteIfExists(socket);
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
