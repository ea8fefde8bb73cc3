package dev.luma.proxy;

import dev.luma.core.Upstream;
import dev.luma.proxy.AccessRecord.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads heads, begins an {@link Exchange} for each request in order, and lets the next one wait
 * until the one before is answered. No field is volatile: all of it runs on the connection's loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    private static final byte[] PROCESSING = Octets.of("HTTP/1.1 102 Processing\r\n\r\n");
    private static final int LARGEST_KEPT = 4096;
    private static final long FIRST_HALF_CLOSE_PROBE_MILLIS = 20;

    private final Loop loop;
    private final Channel channel;
    private @Nullable Peer introduced;
    private Peer peer = Peer.UNKNOWN;
    private String clientAddress = peer.address();
    private @Nullable ByteBuf pending;
    private @Nullable Exchange exchange;
    private boolean processing;
    private boolean lingering;
    private boolean answersSent;
    private boolean inputEnded;
    private boolean closing;
    private boolean probing;
    private final PartialHead partialHead;

    /** Grows with everything that a timeout waits for. A look that finds it unchanged tells for how long nothing came. */
    private int activity;

    private int activitySeen = -1;
    private long unsentSeen;
    private long quietSince;

    private int requests;
    private final RequestId requestId = new RequestId();
    private final BodyFraming requestBody = new BodyFraming();
    private final ReceiveBuffers receiveBuffers = new ReceiveBuffers();
    private final Answer answer;
    private final AccessTrail trail;

    // The route of the last request: on one connection the next one nearly always has the same.
    private byte[] lastAuthority = {};
    private String lastHost = "";
    private byte[] lastForwarded = {};
    private @Nullable Upstream lastRoute;
    private long lastRouteVersion = -1;

    ClientConnection(Loop loop, Channel channel) {
        this.loop = loop;
        this.partialHead = new PartialHead(loop.settings.bounds());
        this.channel = channel;
        this.answer = new Answer(this, loop);
        this.trail = new AccessTrail(loop.accessRing, loop.ticker);
        channel.config().setRecvByteBufAllocator(receiveBuffers);
    }

    /** Says who the other end is, before the connection is active. */
    void introduce(Peer named) {
        introduced = named;
    }

    /** Who sent the current exchange's request, as far as a proxy in front can be believed. */
    String clientAddress() {
        return clientAddress;
    }

    /** The name of the current exchange's request. */
    RequestId requestId() {
        return requestId;
    }

    /** Where the body of the current exchange's request is. */
    BodyFraming requestBody() {
        return requestBody;
    }

    /** How far the answer of the current exchange is. */
    Answer answer() {
        return answer;
    }

    AccessTrail trail() {
        return trail;
    }

    /** Says how the current exchange ends, for the access log; only the first word counts. */
    void ends(End end) {
        trail.end(end, requestBody, answer.body());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Peer named = introduced;
        peer = named == null ? Peer.of(channel, loop.settings.front()) : named;
        clientAddress = peer.address();
        loop.add(this);
        if (loop.isStopping()) {
            close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (lingering || closing) {
            in.release();
            return;
        }
        ByteBuf before = pending;
        pending = before == null ? in : Buffers.join(context.alloc(), before, in);
        process();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.flush();
    }

    /** Goes on with what has been read, as far as it can go now. */
    void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (pending != null && !closing && !lingering && step(pending)) {
                if (pending != null && !pending.isReadable()) {
                    dropPending();
                }
            }
        } finally {
            processing = false;
        }
        if (inputEnded && !closing && !lingering) {
            takeEndOfInput();
        }
        pace();
    }

    /** All that the client will ever send is here, and has been passed on as far as it can be now. */
    private void takeEndOfInput() {
        Exchange current = exchange;
        if (current != null) {
            current.clientInputEnded();
        } else if (pending == null || channel.isWritable()) {
            closeAfterWrites();
        }
    }

    private boolean step(ByteBuf in) {
        Exchange current = exchange;
        if (current == null) {
            return beginExchange(in);
        }
        if (!current.takesBody()) {
            return false;
        }
        try {
            int length = current.measureBody(in);
            trail.took(length);
            if (length == in.readableBytes()) {
                pending = null;
                current.sendBody(in);
            } else if (length > 0) {
                current.sendBody(in.readRetainedSlice(length));
            }
            return length > 0;
        } catch (BadMessage bad) {
            current.requestBroken(bad);
            return false;
        }
    }

    private boolean beginExchange(ByteBuf in) {
        if (!channel.isWritable()) {
            return false; // a client that does not read its answers gets no more of them for now
        }
        try {
            if (partialHead.isUnderWay() && !partialHead.mayBeComplete(in, inputEnded)) {
                return false;
            }
            int loaded = loop.load(in);
            RequestHead head = loop.requestHead;
            int length = head.scan(loop.scratch(), loaded);
            if (length == 0) {
                if (!partialHead.isUnderWay()) {
                    stir();
                }
                partialHead.goesOn(in, loaded);
                return false;
            }
            partialHead.checkLine(head);
            in.skipBytes(length);
            partialHead.clear();
            stir();
            trail.begin(peer.address(), head, length);
            begin(head);
            return true;
        } catch (BadMessage bad) {
            answer(bad.failure(), bad.detail(), Optional.empty(), false, loop.requestHead.methodIs("HEAD"), false);
            return false;
        }
    }

    private void begin(RequestHead head) throws BadMessage {
        requests++;
        requestId.of(head, loop.requestIds);
        trail.named(requestId);
        clientAddress = peer.address();
        if (head.wholeServer) {
            exchange = new Exchange(this, loop, head);
            exchange.answerOptions();
            return;
        }
        Upstream upstream = route(head);
        byte[] forwarded = peer.trusted() ? relayed(head) : lastForwarded;
        trail.from(clientAddress);
        Exchange begun = new Exchange(this, loop, head);
        if (upstream == null) {
            exchange = begun;
            String host = Authority.host(head.octets(), head.authorityStart, head.authorityEnd);
            begun.refuse(
                    Failure.UNKNOWN_HOST,
                    host.isEmpty() ? "the request names no host" : "no project has the host name " + host,
                    Optional.empty());
            return;
        }
        exchange = begun;
        trail.routed(upstream.project().name());
        if (head.hopsLeft == 0) {
            begun.answerOptions();
            return;
        }
        long most = head.hasBody() ? mostOfBody(upstream) : Long.MAX_VALUE;
        if (head.fields.framing.contentLength > most) {
            begun.refuse(
                    Failure.BODY_TOO_LARGE,
                    "the request's body is larger than the " + most + " octets that "
                            + upstream.project().name() + " takes",
                    Optional.empty());
            return;
        }
        requestBody.atMost(most);
        if (WakeStream.isAskedFor(upstream, head)) {
            begun.stream(upstream);
            return;
        }
        begun.begin(upstream, keep(HeadWriter.request(loop.compose(), head, forwarded, requestId)));
    }

    /** The head as a buffer of its own: that in which it came, if there is nothing else in it and it has room. */
    private ByteBuf keep(ByteBuf head) {
        ByteBuf in = pending;
        boolean fits = in != null && in.capacity() >= head.readableBytes() && in.capacity() <= LARGEST_KEPT;
        if (in == null || !fits || in.isReadable() || in.refCnt() != 1) {
            return Buffers.copy(channel.alloc(), head, 0);
        }
        pending = null;
        return in.clear().writeBytes(head, head.readerIndex(), head.readableBytes());
    }

    /** What a trusted proxy says, and by it who the client is. */
    private byte[] relayed(RequestHead head) {
        Relayed relayed = new Relayed(peer, loop.settings.front(), head, lastHost);
        clientAddress = relayed.clientAddress();
        return relayed.lines();
    }

    private long mostOfBody(Upstream upstream) {
        long most = upstream.project()
                .maxRequestBody()
                .orElse(loop.settings.bounds().requestBody());
        return most == 0 ? Long.MAX_VALUE : most;
    }

    /** The project that the request names, and what is said to it about this client; the same as last time, mostly. */
    private @Nullable Upstream route(RequestHead head) throws BadMessage {
        byte[] octets = head.octets();
        long version = loop.routes.version();
        boolean same =
                Arrays.equals(octets, head.authorityStart, head.authorityEnd, lastAuthority, 0, lastAuthority.length);
        if (!same || version != lastRouteVersion) {
            String host = Authority.host(octets, head.authorityStart, head.authorityEnd);
            lastAuthority = Arrays.copyOfRange(octets, head.authorityStart, head.authorityEnd);
            lastHost = Octets.text(lastAuthority, 0, lastAuthority.length);
            lastForwarded = HeadWriter.forwarded(peer.address(), peer.address(), peer.scheme(), lastHost, "");
            lastRoute = loop.routes.find(host);
            lastRouteVersion = version;
        }
        return lastRoute;
    }

    /** Reads on while there is room; what an exchange does not take yet stays bounded. */
    void pace() {
        if (closing || lingering || inputEnded) {
            return;
        }
        ByteBuf waiting = pending;
        Exchange current = exchange;
        boolean room = waiting == null
                || waiting.readableBytes() < loop.settings.bounds().parked();
        boolean reading = room && (current == null ? channel.isWritable() : current.canTakeMore());
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    Channel channel() {
        return channel;
    }

    ReceiveBuffers receiveBuffers() {
        return receiveBuffers;
    }

    ByteBufAllocator allocator() {
        return channel.alloc();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void write(ByteBuf octets) {
        trail.sent(octets.readableBytes());
        channel.write(Buffers.forQueue(channel, octets), channel.voidPromise());
        loop.written(channel);
    }

    /** Answers by itself, in place of an upstream. */
    void answer(
            Failure failure,
            String detail,
            Optional<Duration> retryAfter,
            boolean page,
            boolean bodiless,
            boolean stays) {
        if (exchange == null) {
            clientAddress = peer.address();
            requestId.make(loop.requestIds); // what came is no request, and is spoken of all the same
        }
        boolean close = !stays || failure.breaksFraming() || !mayServeMore();
        ByteBuf own = ErrorAnswer.of(
                channel.alloc(), failure, detail, retryAfter, requestId, loop.date.now(), page, bodiless, close);
        trail.beginBroken(clientAddress, loop, pending);
        trail.named(requestId);
        trail.answered(failure, own);
        write(own);
        exchangeOver(!close, failure.breaksFraming() || !stays);
    }

    /** Shows the page in place of the answer that the request waits for. */
    void answer(WaitingPage page, boolean stays) {
        boolean close = !stays || !mayServeMore();
        ByteBuf own = ErrorAnswer.waiting(channel.alloc(), page, requestId, loop.date.now(), close);
        trail.answered(page.failure(), own);
        write(own);
        exchangeOver(!close, !stays);
    }

    void answerOptions(boolean stays) {
        boolean close = !stays || !mayServeMore();
        trail.answered(204);
        write(ErrorAnswer.options(channel.alloc(), loop.date.now(), close));
        exchangeOver(!close, !stays);
    }

    /**
     * The exchange has been answered.
     *
     * @param stays whether another request may come
     * @param unread whether the client may still be sending, so that closing at once could cost it the answer
     */
    void exchangeOver(boolean stays, boolean unread) {
        ends(End.COMPLETE);
        exchange = null;
        partialHead.clear();
        stir();
        if (stays && !loop.isStopping()) {
            process();
        } else if ((unread || (pending != null && pending.isReadable())) && !inputEnded) {
            linger();
        } else {
            closeAfterWrites();
        }
    }

    private void closeAfterWrites() {
        closing = true;
        dropPending();
        stir();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Half-closes and listens for a while: a reset for octets that nobody read could overtake the answer. */
    private void linger() {
        lingering = true;
        dropPending();
        stir();
        channel.config().setAutoRead(true);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            answersSent = true;
            stir();
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
    }

    /** Cuts the connection so that the client sees that its answer is not whole. */
    void cut(End end) {
        ends(end);
        if (channel instanceof SocketChannel socket && socket.isOpen()) {
            socket.config().setSoLinger(0);
        }
        close();
    }

    /** The same, of Luma's own accord. */
    void cutBecause(String reason) {
        trail.broken(reason);
        cut(End.LUMA_CUT);
    }

    /** Closes where no answer is under way, or none that could be taken for whole. */
    void closeBecause(String reason) {
        trail.broken(reason);
        ends(End.LUMA_CUT);
        close();
    }

    void close() {
        closing = true;
        dropPending();
        channel.close();
    }

    /** Luma is stopping: whoever is not being answered right now is let go. */
    void stopSoon() {
        if (exchange == null && pending == null && !lingering) {
            closeAfterWrites();
        }
    }

    /** How many octets have been read and not been passed on. */
    int waitingOctets() {
        ByteBuf waiting = pending;
        return waiting == null ? 0 : waiting.readableBytes();
    }

    /** Says that something has happened, so that waiting begins anew. */
    void stir() {
        activity++;
    }

    boolean isHalfClosed() {
        return inputEnded;
    }

    /** Whether another request may come after the current one. */
    boolean mayServeMore() {
        int most = loop.settings.bounds().requestsPerConnection();
        return !loop.isStopping() && (most == 0 || requests < most);
    }

    /** Looked at from time to time: ends what has been waiting for too long. */
    void checkPatience(long now) {
        Exchange current = exchange;
        if (current != null) {
            current.checkWhole(now);
        }
        long unsent = Buffers.unsent(channel);
        if (activity != activitySeen || unsent != unsentSeen) {
            activitySeen = activity;
            unsentSeen = unsent;
            quietSince = now;
            return;
        }
        Optional<Duration> patience = patience();
        if (patience.isPresent() && now - quietSince >= patience.get().toNanos()) {
            stir();
            overdue();
        }
    }

    /** For how long nothing may happen as things are now. */
    private Optional<Duration> patience() {
        ProxySettings.Timeouts timeouts = loop.settings.timeouts();
        Exchange current = exchange;
        if (current != null) {
            return current.patience();
        }
        if (lingering && answersSent) {
            return Optional.of(timeouts.linger());
        }
        if (!partialHead.isUnderWay() && Buffers.unsent(channel) > 0) {
            return Optional.of(timeouts.response()); // the end of an answer is still on its way
        }
        return Optional.of(partialHead.isUnderWay() && !lingering && !closing ? timeouts.head() : timeouts.keepAlive());
    }

    private void overdue() {
        Exchange current = exchange;
        if (current != null) {
            current.overdue();
        } else if (partialHead.isUnderWay() && !lingering && !closing) {
            answer(
                    Failure.REQUEST_TIMEOUT,
                    "the request's head was not complete in time",
                    Optional.empty(),
                    false,
                    false,
                    false);
        } else if (Buffers.unsent(channel) > 0) {
            cutBecause("RESPONSE_TIMEOUT");
        } else {
            close();
        }
    }

    /** Closes, so that an answer which is under way is not taken for a whole one. */
    void end() {
        Exchange current = exchange;
        if (current != null ? current.isHalfAnswered() : Buffers.unsent(channel) > 0) {
            cutBecause(Failure.SHUTTING_DOWN.name());
        } else {
            closeBecause(Failure.SHUTTING_DOWN.name());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!channel.isWritable()) {
            return;
        }
        Exchange current = exchange;
        stir();
        if (current != null) {
            current.clientWritable();
        } else if (pending != null) {
            process();
            loop.flush();
        }
        pace();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (lingering) {
                closeAfterWrites();
            } else {
                process();
            }
            loop.flush();
        }
    }

    /**
     * A client that waits has closed its sending side: has it left, or does it want its answer all the same? An interim
     * answer finds out (RFC 9110 section 15.2): a client that has left resets, and the next write fails.
     */
    void probeHalfClosed() {
        if (!probing) {
            probing = true;
            probeHalfClosed(FIRST_HALF_CLOSE_PROBE_MILLIS);
        }
    }

    private void probeHalfClosed(long gapMillis) {
        Exchange current = exchange;
        if (current == null || !current.mayBeProbed() || !channel.isActive()) {
            probing = false;
            return;
        }
        trail.sent(PROCESSING.length);
        channel.writeAndFlush(Unpooled.wrappedBuffer(PROCESSING)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        channel.eventLoop().schedule(() -> probeHalfClosed(gapMillis * 4), gapMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Resets and broken pipes are a client's way to leave; channelInactive does what there is to do.
        if (!(cause instanceof IOException)) {
            LOG.error("The connection of {} failed", peer.address(), cause);
        }
        close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        ends(End.CLIENT_LEFT);
        loop.remove(this);
        dropPending();
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
        loop.flush();
    }

    private void dropPending() {
        ByteBuf rest = pending;
        pending = null;
        if (rest != null) {
            rest.release();
        }
    }
}
