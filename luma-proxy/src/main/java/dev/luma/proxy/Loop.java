package dev.luma.proxy;

import dev.luma.core.RouteTable;
import dev.luma.core.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop owns: its clients, its idle upstream connections, its scanners, and one timer for all deadlines.
 * Confined to the loop's thread, so that nothing in it is volatile or locked.
 */
final class Loop {

    private static final long SWEEP_MILLIS = 500;

    final EventLoop eventLoop;
    final EventLoops loops;
    final ProxySettings settings;
    final RouteTable routes;
    final Ticker ticker;
    final ByteBufAllocator allocator;
    final UpstreamPool pool;
    final Splice splice = new Splice();
    final DateLine date;
    final Crowd crowd;
    /** Null when there is no access log. */
    final @Nullable AccessRing accessRing;

    final RequestHead requestHead = new RequestHead();
    final ResponseHead responseHead = new ResponseHead();
    final SplittableRandom requestIds = new SplittableRandom();
    private final byte[] scratch;
    private final ByteBuf composed = Unpooled.buffer(4096);
    private final Set<ClientConnection> clients = new HashSet<>();
    private final Deque<Channel> unflushed = new ArrayDeque<>();
    private @Nullable Future<?> sweeping;
    private boolean stopping;

    Loop(
            EventLoop eventLoop,
            EventLoops loops,
            ProxySettings settings,
            RouteTable routes,
            Ticker ticker,
            ByteBufAllocator allocator,
            Crowd crowd,
            @Nullable AccessRing accessRing) {
        this.eventLoop = eventLoop;
        this.loops = loops;
        this.settings = settings;
        this.routes = routes;
        this.ticker = ticker;
        this.allocator = allocator;
        this.crowd = crowd;
        this.accessRing = accessRing;
        this.date = new DateLine(ticker);
        this.pool = new UpstreamPool(this);
        this.scratch = new byte[settings.bounds().head()];
    }

    /** Copies what may be a head to where scanning is cheap; the caller gets it from {@link #scratch}. */
    int load(ByteBuf in) {
        int length = Math.min(in.readableBytes(), scratch.length);
        in.getBytes(in.readerIndex(), scratch, 0, length);
        return length;
    }

    byte[] scratch() {
        return scratch;
    }

    /** An empty buffer for a head that is put together; whoever gets it copies what is in it before the next one does. */
    ByteBuf compose() {
        return composed.clear();
    }

    /** Remembers that the channel was written to; {@link #flush} sends it, once for a whole read. */
    void written(Channel channel) {
        if (unflushed.peekLast() != channel) {
            unflushed.addLast(channel);
        }
    }

    /** Sends what was written. Every way into the loop ends with it: a read that is complete, a task, a timer. */
    void flush() {
        // Taken out first: a flush can make room, which lets more be written, to this channel or to another one.
        for (Channel channel = unflushed.pollFirst(); channel != null; channel = unflushed.pollFirst()) {
            channel.flush();
        }
    }

    void add(ClientConnection client) {
        clients.add(client);
        sweepSoon();
    }

    void remove(ClientConnection client) {
        clients.remove(client);
    }

    int clients() {
        return clients.size();
    }

    boolean isStopping() {
        return stopping;
    }

    /** Closes clients that wait for nothing; the others when their answer is there. */
    void stop() {
        stopping = true;
        List.copyOf(clients).forEach(ClientConnection::stopSoon);
        flush();
    }

    void closeAll() {
        List.copyOf(clients).forEach(ClientConnection::end);
        pool.closeAll();
        splice.close();
        flush();
        Future<?> timer = sweeping;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Where there is nobody whose time can run out, no timer wakes the loop either. */
    private void sweepSoon() {
        if (sweeping == null) {
            sweeping = eventLoop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        sweeping = null;
        long now = ticker.nanos();
        for (ClientConnection client : List.copyOf(clients)) {
            client.patience.check(now);
        }
        pool.closeIdle(now);
        if (!clients.isEmpty() || pool.size() > 0) {
            sweepSoon();
        }
        flush();
    }
}
