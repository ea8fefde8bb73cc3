package dev.luma.proxy;

import dev.luma.core.Admission;
import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.Waiter;
import dev.luma.core.WakeProgress;
import dev.luma.core.Waking.ColdStart;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@link WaitingPage} hears of the wake that it waits for: server-sent events (WHATWG HTML, section 9.2) on a path of
 * the project's own host. The stream stands in the project's line, so that the project is wanted as long as somebody looks,
 * and it is bounded like all that waits. Runs on the client's loop, but for the methods of {@link Admission.Watcher}.
 */
final class WakeStream implements Admission.Watcher {

    /** Reserved on the hosts of projects that show the page. */
    static final String PATH = "/.well-known/luma/wake";

    /** After that long the browser is let go and asks anew: nobody stands in a line for ever. */
    static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** Often enough for whatever stands in between and closes what is silent. */
    static final long HEARTBEAT_MILLIS = 15_000;

    /** How long the browser has, once the app is ready, to ask for it, and the app to answer, until the next one is let in. */
    static final long LOADING_MILLIS = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(WakeStream.class);
    private static final byte[] PATH_OCTETS = Octets.of(PATH);
    private static final String RECONNECT_SOON = "retry: 1000\n\n";
    private static final String HEARTBEAT = ":\n\n";
    private static final int LONGEST_CHUNK_HEAD = 10;

    private final Exchange exchange;
    private final ClientConnection client;
    private final Loop loop;
    private final boolean chunked;

    WakeStream(Exchange exchange, ClientConnection client, Loop loop) {
        this.exchange = exchange;
        this.client = client;
        this.loop = loop;
        this.chunked = !exchange.http10;
    }

    /** Whether Luma answers the request itself. Looks at one octet of what is meant for an app. */
    static boolean isAskedFor(Upstream upstream, RequestHead head) {
        byte[] octets = head.octets();
        int from = head.targetStart;
        int end = from + PATH_OCTETS.length;
        return head.targetEnd >= end
                && octets[from + 1] == '.'
                && Octets.says(octets, from, end, PATH_OCTETS)
                && (head.targetEnd == end || octets[end] == '?')
                && (head.methodIs("GET") || head.methodIs("HEAD"))
                && upstream.project().waking().coldStart() == ColdStart.PAGE;
    }

    /** @param stays whether another request may come behind the stream */
    void begin(boolean stays) {
        client.trail().answered(200);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                // What stands in between must not gather events before it passes them on (nginx).
                + "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\n"
                + (chunked ? "Transfer-Encoding: chunked\r\n" : "")
                + (stays ? "" : "Connection: close\r\n");
        byte[] date = loop.date.now();
        ByteBuf out = client.allocator().directBuffer(head.length() + date.length + 2);
        ByteBufUtil.writeAscii(out, head);
        client.write(out.writeBytes(date).writeShort('\r' << 8 | '\n'));
        client.trail().switched(); // it ends well whoever ends it
        if (!exchange.headRequest) {
            write(RECONNECT_SOON);
            beatLater();
        }
    }

    private void beatLater() {
        loop.eventLoop.schedule(
                () -> {
                    if (exchange.isStreaming()) {
                        if (client.isWritable()) {
                            write(HEARTBEAT);
                            loop.flush();
                        }
                        beatLater();
                    }
                },
                HEARTBEAT_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Stands in the line, so that the project is wanted. */
    void enter(Upstream to) {
        long until = loop.ticker.nanos() + LONGEST_NANOS;
        Admission admission = to.acquire(Addresses.household(client.clientAddress()), until, this);
        if (admission instanceof Lease granted) {
            ready(granted);
        } else if (admission instanceof Waiter place) {
            exchange.waits(place);
        } else if (admission instanceof Refusal refusal) {
            refuse(refusal);
        }
    }

    @Override
    public void progressed(WakeProgress now) {
        onLoop(() -> {
            if (exchange.isStreaming()) {
                write(WakeNews.of(now).asEvent());
            }
        });
    }

    @Override
    public void granted(Lease lease) {
        try {
            loop.eventLoop.execute(() -> {
                ready(lease);
                loop.flush();
            });
        } catch (RejectedExecutionException stopped) {
            lease.release();
        }
    }

    /**
     * The app is ready. The lease is held while the browser asks for it: it closes the stream when it has an answer, and so
     * the app gets those who wait as fast as it answers them.
     */
    void ready(Lease lease) {
        if (!exchange.hold(lease)) {
            lease.release();
            return;
        }
        write(WakeNews.READY.asEvent());
        loop.eventLoop.schedule(
                () -> {
                    end();
                    loop.flush();
                },
                LOADING_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void refused(Refusal refusal) {
        onLoop(() -> refuse(refusal));
    }

    void refuse(Refusal refusal) {
        if (exchange.isStreaming()) {
            if (refusal.reason() != Refusal.Reason.START_TIMEOUT) { // it has only been open for long enough
                write(WakeNews.of(refusal).asEvent());
            }
            end();
        }
    }

    private void end() {
        if (exchange.isStreaming()) {
            if (chunked) {
                ByteBuf last = client.allocator().directBuffer(5);
                ByteBufUtil.writeAscii(last, "0\r\n\r\n");
                client.write(last);
            }
            exchange.endStream();
        }
    }

    private void onLoop(Runnable task) {
        try {
            loop.eventLoop.execute(() -> {
                task.run();
                loop.flush();
            });
        } catch (RejectedExecutionException stopped) {
            LOG.debug("A page is not told any more, as its loop has ended");
        }
    }

    private void write(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = client.allocator().directBuffer(octets.length + LONGEST_CHUNK_HEAD);
        if (chunked) {
            ByteBufUtil.writeAscii(out, Integer.toHexString(octets.length) + "\r\n");
        }
        out.writeBytes(octets);
        client.write(chunked ? out.writeShort('\r' << 8 | '\n') : out);
    }
}
