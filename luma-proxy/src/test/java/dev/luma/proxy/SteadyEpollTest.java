package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever the kernel tells reaches the connection that it is about. */
class SteadyEpollTest {

    private EventLoops loops;
    private EventLoop loop;
    private ServerSocket listener;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Epoll.isAvailable());
        loops = EventLoops.create(1, new DefaultThreadFactory("loop", true), Transport.EPOLL);
        loop = loops.next();
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        if (loops != null) {
            loops.close();
            listener.close();
        }
    }

    /** Notes what happens to a connection. */
    private static class Witness extends ChannelInboundHandlerAdapter {
        final List<String> seen = new ArrayList<>();

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            seen.add(cause.toString());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            seen.add("closed");
        }
    }

    /** Closes the other one as soon as it breaks, and opens another connection in its place. */
    private final class Replacing extends Witness {
        private final CompletableFuture<EpollSocketChannel> replaced;
        private final Witness witness;
        private EpollSocketChannel other;

        Replacing(CompletableFuture<EpollSocketChannel> replaced, Witness witness) {
            this.replaced = replaced;
            this.witness = witness;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable reset) {
            if (!replaced.isDone()) {
                int freed = other.fd().intValue();
                other.close();
                EpollSocketChannel next = open(freed);
                next.pipeline().addLast(witness);
                loop.register(next);
                replaced.complete(next);
            }
        }
    }

    /** A channel with that file descriptor, which is free. */
    private static EpollSocketChannel open(int fileDescriptor) {
        List<EpollSocketChannel> others = new ArrayList<>();
        EpollSocketChannel opened = new EpollSocketChannel();
        while (opened.fd().intValue() != fileDescriptor) {
            others.add(opened);
            opened = new EpollSocketChannel();
        }
        others.forEach(each -> each.unsafe().closeForcibly());
        return opened;
    }

    private EpollSocketChannel connect(Witness witness) {
        return (EpollSocketChannel) new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(witness)
                .connect(listener.getLocalSocketAddress())
                .syncUninterruptibly()
                .channel();
    }

    private void accept(List<Socket> into) throws IOException {
        Socket socket = listener.accept();
        socket.setSoLinger(true, 0);
        into.add(socket);
    }

    /** Two break at once; the first closes the second, whose descriptor goes to a new one while its news is pending. */
    @Test
    void newsOfAClosedConnectionDoesNotReachTheNextOneWithItsDescriptor() throws Exception {
        CompletableFuture<EpollSocketChannel> replaced = new CompletableFuture<>();
        Witness witness = new Witness();
        Replacing first = new Replacing(replaced, witness);
        Replacing second = new Replacing(replaced, witness);
        second.other = connect(first);
        first.other = connect(second);
        List<Socket> peers = new ArrayList<>();
        accept(peers);
        accept(peers);
        CountDownLatch broken = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                broken.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        for (Socket peer : peers) {
            peer.close();
        }
        broken.countDown();
        EpollSocketChannel next = replaced.get(10, TimeUnit.SECONDS);
        loop.submit(() -> {}).sync(); // behind all that the kernel told at once
        List<String> seen = loop.submit(() -> List.copyOf(witness.seen)).sync().getNow();
        next.close().sync();
        assertEquals(List.of(), seen);
    }

    /** What a sender that has ended has left in the kernel is taken as it is wanted, like that of any other. */
    @Test
    void theEndOfASenderDoesNotForceAnythingOnAReceiverThatWaits() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Witness witness = new Witness() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object octets) {
                reads.incrementAndGet();
                ReferenceCountUtil.release(octets);
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                ended.complete(null);
            }
        };
        EpollSocketChannel receiver = (EpollSocketChannel) new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1024).maxMessagesPerRead(1))
                .handler(witness)
                .connect(listener.getLocalSocketAddress())
                .syncUninterruptibly()
                .channel();
        try (Socket sender = listener.accept()) {
            sender.getOutputStream().write(new byte[16 * 1024]);
        }
        for (int wanted = 0; wanted < 16; wanted++) {
            settle();
            assertEquals(wanted, reads.get());
            receiver.read();
            int next = wanted + 1;
            ProxyKit.await(() -> reads.get() >= next);
        }
        receiver.read();
        ended.get(10, TimeUnit.SECONDS);
    }

    /** Returns when the loop has heard all that the kernel had to tell before. */
    private void settle() {
        for (int i = 0; i < 3; i++) {
            loop.submit(() -> {}).syncUninterruptibly();
        }
    }
}
