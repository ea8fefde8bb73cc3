package dev.luma.proxy;

import dev.luma.core.Admission;
import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.Waiter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer: admission, the upstream connection, the relay of both bodies, and what happens when either
 * side breaks off. Runs on the client's loop, but for the two methods of {@link Admission.Listener}.
 *
 * <pre>
 *   ADMISSION --lease--&gt; CONNECTING --connected--&gt; RELAYING --last octet--&gt; OVER
 *       ^                    |                        |
 *       '---- unreachable ---'                        '--101--&gt; TUNNEL --either side ends--&gt; OVER
 * </pre>
 */
final class Exchange implements Admission.Listener {

    private enum Stage {
        ADMISSION,
        CONNECTING,
        RELAYING,
        TUNNEL,
        OVER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final byte[] NOTHING = {};
    private static final long REPEAT_MILLIS = 100;
    private static final int SMALL_BODY = 2048;

    private final ClientConnection client;
    private final Loop loop;
    private final boolean headRequest;
    private final boolean http10;
    private final boolean persistent;
    private final boolean upgrade;
    private final boolean repeatable;
    private final boolean wantsHtml;
    private final BodyFraming requestBody = new BodyFraming();
    private final BodyFraming responseBody = new BodyFraming();

    private Stage stage = Stage.ADMISSION;
    private @Nullable Upstream upstream;
    private @Nullable Waiter waiter;
    private @Nullable Lease lease;
    private @Nullable UpstreamConnection connection;
    /** The request's head as long as it may have to be sent (again). */
    private @Nullable ByteBuf head;

    private long deadline;
    private boolean deadlineKnown;
    private boolean repeated;
    private boolean received;
    private boolean fresh;
    private boolean tunnelInputEnded;
    private boolean answering;
    private boolean dechunk;
    private boolean stays;
    private boolean upstreamStays;

    Exchange(ClientConnection client, Loop loop, RequestHead request) {
        this.client = client;
        this.loop = loop;
        this.headRequest = request.methodIs("HEAD");
        this.http10 = request.http10;
        this.persistent = request.isPersistent();
        this.upgrade = request.isUpgrade();
        this.repeatable = request.isRepeatable();
        this.wantsHtml = request.fields.wantsHtml;
        if (request.fields.chunked) {
            requestBody.chunked();
        } else {
            requestBody.counted(Math.max(0, request.fields.contentLength));
        }
    }

    /** Sends the request whose head is ready, now or when the project is awake. */
    void begin(Upstream to, ByteBuf readyHead) {
        upstream = to;
        head = readyHead;
        Lease warm = to.tryAcquire();
        if (warm != null) {
            send(warm);
        } else {
            park(to);
        }
    }

    private void park(Upstream to) {
        stage = Stage.ADMISSION;
        if (!deadlineKnown) {
            deadlineKnown = true;
            deadline = to.waitDeadline();
        } else if (loop.ticker.nanos() - deadline >= 0) {
            refuse(
                    Failure.START_TIMEOUT,
                    name() + " did not take a connection in time",
                    Optional.of(Duration.ofSeconds(1)));
            return;
        }
        Admission admission = to.acquire(deadline, this);
        if (admission instanceof Lease granted) {
            send(granted);
        } else if (admission instanceof Waiter place) {
            waiter = place;
        } else if (admission instanceof Refusal refusal) {
            refuse(refusal);
        }
    }

    @Override
    public void granted(Lease granted) {
        try {
            loop.eventLoop.execute(() -> {
                if (stage == Stage.ADMISSION) {
                    waiter = null;
                    send(granted);
                } else {
                    granted.release();
                }
                loop.flush();
            });
        } catch (RejectedExecutionException stopped) {
            granted.release();
        }
    }

    @Override
    public void refused(Refusal refusal) {
        try {
            loop.eventLoop.execute(() -> {
                if (stage == Stage.ADMISSION) {
                    waiter = null;
                    refuse(refusal);
                }
                loop.flush();
            });
        } catch (RejectedExecutionException stopped) {
            LOG.debug("Nobody is left to be told: {}", refusal.detail());
        }
    }

    private void refuse(Refusal refusal) {
        refuse(Failure.of(refusal.reason()), refusal.detail(), refusal.retryAfter());
    }

    private void send(Lease granted) {
        lease = granted;
        UpstreamConnection idle = loop.pool.take(granted.instance());
        if (idle != null) {
            fresh = false;
            relay(idle);
        } else {
            connect(granted);
        }
    }

    private void connect(Lease granted) {
        fresh = true;
        stage = Stage.CONNECTING;
        UpstreamConnection opening = new UpstreamConnection(loop, granted.instance());
        connection = opening;
        opening.connect(this);
    }

    void connected(UpstreamConnection opened) {
        if (stage == Stage.CONNECTING) {
            relay(opened);
        } else {
            opened.close();
        }
    }

    /** The instance takes no connection. Nothing was sent, so the request goes back in the line. */
    void unreachable() {
        Lease refusedLease = lease;
        Upstream to = upstream;
        if (stage == Stage.CONNECTING && refusedLease != null && to != null) {
            lease = null;
            connection = null;
            refusedLease.releaseUnreachable();
            park(to);
            client.process();
        }
    }

    private void relay(UpstreamConnection to) {
        stage = Stage.RELAYING;
        connection = to;
        to.serve(this);
        ByteBuf request = head;
        if (request == null) {
            throw new IllegalStateException("the request's head has been given away");
        }
        if (repeatable) {
            to.write(request.retain().readerIndex(0)); // one write of it is over before the next begins
        } else {
            head = null;
            to.write(request);
        }
        client.process(); // what has come of the body, and what comes behind it
    }

    // The request's body, from the client to the upstream.

    /** Whether octets of the client belong to this exchange and can be passed on now. */
    boolean takesBody() {
        return stage == Stage.TUNNEL || (stage == Stage.RELAYING && !requestBody.isDone());
    }

    /** Whether it makes sense to read on. */
    boolean canTakeMore() {
        UpstreamConnection to = connection;
        return to == null || stage == Stage.CONNECTING || to.isWritable();
    }

    boolean isHalfAnswered() {
        return answering && stage == Stage.RELAYING;
    }

    /** Whether an interim answer can still be sent; HTTP/1.0 knows none. */
    boolean mayBeProbed() {
        return !http10 && !answering && stage != Stage.TUNNEL && stage != Stage.OVER;
    }

    int measureBody(ByteBuf in) throws BadMessage {
        return stage == Stage.TUNNEL ? in.readableBytes() : requestBody.measure(in);
    }

    void sendBody(ByteBuf octets) {
        UpstreamConnection to = connection;
        if (to == null) {
            octets.release();
        } else {
            to.write(octets);
        }
    }

    void upstreamWritabilityChanged() {
        client.pace();
    }

    /** The client's body breaks its own framing: whatever was sent of it is not a whole request. */
    void requestBroken(BadMessage bad) {
        boolean silent = !answering;
        leaveUpstream();
        if (silent) {
            client.answer(bad.failure(), bad.detail(), Optional.empty(), wantsHtml, headRequest, false);
        } else {
            client.cut();
        }
    }

    // The answer, from the upstream to the client.

    /** Takes octets over; what comes back is the beginning of a head, to be given again with what follows. */
    @Nullable
    ByteBuf responseOctets(ByteBuf octets) {
        ByteBuf in = octets;
        received = true;
        try {
            while (stage == Stage.RELAYING && in.isReadable() && !answering) {
                if (!readResponseHead(in)) {
                    return in;
                }
            }
            if (stage == Stage.TUNNEL) {
                ByteBuf all = in;
                in = null;
                client.write(all);
                paceUpstream();
            } else if (stage == Stage.RELAYING && answering) {
                in = relayContent(in);
            }
        } catch (BadMessage bad) {
            responseBroken(bad);
        }
        if (in != null) {
            in.release();
        }
        return null;
    }

    private boolean readResponseHead(ByteBuf in) throws BadMessage {
        int loaded = loop.load(in);
        ResponseHead response = loop.responseHead;
        int length = response.scan(loop.scratch(), loaded);
        if (length == 0) {
            if (loaded == loop.settings.bounds().head()) {
                throw BadMessage.malformed(
                        "the head is larger than " + loop.settings.bounds().head() + " octets");
            }
            return false;
        }
        in.skipBytes(length);
        if (response.isInterim()) {
            if (!http10) {
                client.write(HeadWriter.response(client.allocator(), response, length, false, false, false, NOTHING));
                paceUpstream();
            }
            return true;
        }
        beginAnswer(response, length, in);
        if (answering && responseBody.isDone() && stage == Stage.RELAYING) {
            finish(in.isReadable());
        }
        return true;
    }

    private void beginAnswer(ResponseHead response, int length, ByteBuf in) throws BadMessage {
        boolean switched = response.status == 101;
        if (switched && !upgrade) {
            throw BadMessage.malformed("it switches protocols without being asked to");
        }
        frame(response);
        answering = true;
        dropHead();
        dechunk = response.fields.chunked && http10;
        upstreamStays = response.isPersistent() && !responseBody.isUntilClose();
        // Where the next request begins is not known before this one has ended, so nothing is promised until then.
        stays = persistent && requestBody.isDone() && !responseBody.isUntilClose() && !dechunk && !loop.isStopping();
        Lease held = lease;
        byte[] extra = held != null && held.waitedNanos() > 0 ? HeadWriter.serverTiming(held.waitedNanos()) : NOTHING;
        // A small body that has come with its head goes on with it: one buffer, one write, for the most common answers.
        int small = responseBody.takeWhole(in, SMALL_BODY);
        ByteBuf answer = HeadWriter.response(
                client.allocator(), response, length + small, dechunk, !stays && !switched, stays && http10, extra);
        client.write(answer.writeBytes(in, small));
        if (switched) {
            stage = Stage.TUNNEL;
            client.process();
        }
    }

    /** Where the body ends (RFC 9112 section 6.3). */
    private void frame(ResponseHead response) {
        boolean bodiless = headRequest || response.status == 204 || response.status == 304 || response.status == 101;
        if (bodiless) {
            responseBody.none();
        } else if (response.fields.chunked) {
            responseBody.chunked();
        } else if (response.fields.contentLength >= 0) {
            responseBody.counted(response.fields.contentLength);
        } else {
            responseBody.untilClose();
        }
    }

    /** Passes on what belongs to the body; what comes back is still to be released. */
    private @Nullable ByteBuf relayContent(ByteBuf in) throws BadMessage {
        ByteBuf left = in;
        if (dechunk) {
            for (ByteBuf content = responseBody.nextContent(in);
                    content != null;
                    content = responseBody.nextContent(in)) {
                client.write(content);
            }
        } else {
            int length = responseBody.measure(in);
            if (length == in.readableBytes()) {
                left = null;
                client.write(in);
            } else if (length > 0) {
                client.write(in.readRetainedSlice(length));
            }
        }
        if (responseBody.isDone()) {
            finish(left != null && left.isReadable());
        } else {
            paceUpstream();
        }
        return left;
    }

    private void paceUpstream() {
        UpstreamConnection from = connection;
        if (from != null && !client.isWritable()) {
            from.setReading(false);
        }
    }

    void clientWritable() {
        UpstreamConnection from = connection;
        if (from != null && (stage == Stage.RELAYING || stage == Stage.TUNNEL)) {
            from.setReading(true);
        }
    }

    /** The whole answer has been passed on. */
    private void finish(boolean leftovers) {
        stage = Stage.OVER;
        boolean whole = requestBody.isDone();
        UpstreamConnection from = connection;
        connection = null;
        if (from != null) {
            from.serve(null);
            from.setReading(true);
            if (whole && upstreamStays && !leftovers && from.isUsable()) {
                loop.pool.put(from);
            } else {
                from.close();
            }
        }
        releaseLease();
        client.exchangeOver(stays && whole, !whole);
    }

    private void responseBroken(BadMessage bad) {
        boolean silent = !answering;
        leaveUpstream();
        if (silent) {
            client.answer(
                    Failure.UPSTREAM_INVALID,
                    name() + " sent an answer that is not valid HTTP: " + bad.detail(),
                    Optional.empty(),
                    wantsHtml,
                    headRequest,
                    persistent && requestBody.isDone());
        } else {
            client.cut();
        }
    }

    /**
     * The upstream connection is gone.
     *
     * @param failed whether it broke, rather than being closed
     */
    void upstreamClosed(boolean failed) {
        // An upstream that closes without reading the whole request resets, and may have said all that it wanted to.
        boolean end = answering && responseBody.isUntilClose() && !(failed && requestBody.isDone());
        if (stage == Stage.TUNNEL || end) {
            boolean mayStillSend = stage == Stage.TUNNEL || !requestBody.isDone();
            stage = Stage.OVER;
            connection = null;
            releaseLease();
            client.exchangeOver(false, mayStillSend);
            return;
        }
        if (stage != Stage.RELAYING) {
            return;
        }
        connection = null;
        if (answering) {
            stage = Stage.OVER;
            releaseLease();
            client.cut();
            return;
        }
        Lease held = lease;
        if (repeatable && !repeated && !received && held != null) {
            // Nothing came back, and asking twice does no harm: once more, on a connection of its own.
            repeated = true;
            if (fresh) {
                repeatSoon(held);
            } else {
                connect(held);
            }
            return;
        }
        leaveUpstream();
        client.answer(
                Failure.UPSTREAM_FAILED,
                name() + " closed the connection before it answered",
                Optional.empty(),
                wantsHtml,
                headRequest,
                persistent && requestBody.isDone());
    }

    /**
     * A new connection that breaks tells of an app that is going down, and for a moment its port still takes others that
     * break as well. After that moment it is refused, and the request goes back in the line.
     */
    private void repeatSoon(Lease held) {
        stage = Stage.CONNECTING;
        loop.eventLoop.schedule(
                () -> {
                    if (stage == Stage.CONNECTING && lease == held) {
                        connect(held);
                        loop.flush();
                    }
                },
                REPEAT_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    // The end.

    /** Answers in place of an upstream. */
    void refuse(Failure failure, String detail, Optional<Duration> retryAfter) {
        stage = Stage.OVER;
        dropHead();
        boolean whole = requestBody.isDone();
        client.answer(failure, detail, retryAfter, wantsHtml, headRequest, persistent && whole);
    }

    /** The client sends nothing more, and all that it sent is here or has been passed on. Told again after each change. */
    void clientInputEnded() {
        switch (stage) {
            case ADMISSION -> {
                if (requestBody.needsMoreThan(client.waitingOctets())) {
                    abandon();
                } else {
                    client.probeHalfClosed();
                }
            }
            case RELAYING -> {
                if (!requestBody.isDone()) {
                    abandon();
                } else if (mayBeProbed()) {
                    client.probeHalfClosed();
                } else {
                    client.boundSilence();
                }
            }
            case TUNNEL -> {
                UpstreamConnection to = connection;
                if (to != null && !tunnelInputEnded) {
                    tunnelInputEnded = true;
                    to.shutdownOutput();
                }
            }
            case CONNECTING, OVER -> {}
        }
    }

    /** The client has left in the middle of its request. Answers to those before it may still be on their way. */
    private void abandon() {
        leaveUpstream();
        if (answering) {
            client.cut();
        } else {
            client.exchangeOver(false, false);
        }
    }

    void clientGone() {
        leaveUpstream();
    }

    private void leaveUpstream() {
        stage = Stage.OVER;
        dropHead();
        Waiter place = waiter;
        waiter = null;
        if (place != null) {
            place.cancel();
        }
        UpstreamConnection from = connection;
        connection = null;
        if (from != null) {
            from.serve(null);
            from.close();
        }
        releaseLease();
    }

    private void releaseLease() {
        Lease held = lease;
        lease = null;
        if (held != null) {
            held.release();
        }
    }

    private void dropHead() {
        ByteBuf kept = head;
        head = null;
        if (kept != null) {
            kept.release();
        }
    }

    private String name() {
        Upstream of = upstream;
        return of == null ? "the upstream" : of.project().name();
    }
}
