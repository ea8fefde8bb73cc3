package dev.luma.proxy;

import dev.luma.core.Upstream;
import dev.luma.proxy.AccessRecord.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: begins an {@link Exchange} for each request in order, and lets the next one wait until the one
 * before is answered. What else there is to a connection has a room of its own. No field is volatile: all of it runs on the
 * connection's loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private final Loop loop;
    private final Channel channel;
    private @Nullable Peer introduced;
    private Peer peer = Peer.UNKNOWN;
    private String clientAddress = peer.address();
    private @Nullable Exchange exchange;
    private int requests;
    private final RequestId requestId = new RequestId();
    private final BodyFraming requestBody = new BodyFraming();
    private final ReceiveBuffers receiveBuffers = new ReceiveBuffers();
    private final Answer answer;
    private final AccessTrail trail;
    private final LastRoute lastRoute;

    // The rooms.
    final ClientInput input;
    final HalfClose halfClose;
    final Patience patience;
    final OwnAnswers ownAnswers;
    final Parting parting;
    final UpstreamSide upstreamSide;

    ClientConnection(Loop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
        this.answer = new Answer(this, loop);
        this.trail = new AccessTrail(loop.accessRing, loop.ticker);
        this.lastRoute = new LastRoute(loop);
        this.input = new ClientInput(this, loop, channel);
        this.halfClose = new HalfClose(this, channel);
        this.patience = new Patience(this, loop, channel);
        this.ownAnswers = new OwnAnswers(this, loop, channel);
        this.parting = new Parting(this, channel);
        this.upstreamSide = new UpstreamSide(this, loop);
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

    /** The request that is being answered; null between two of them. */
    @Nullable
    Exchange exchange() {
        return exchange;
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
            parting.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (parting.isUnderWay()) {
            in.release();
        } else {
            input.add(in);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.flush();
    }

    /** Begins with the request whose head has been read. */
    void begin(RequestHead head, int length) throws BadMessage {
        patience.stir();
        trail.begin(peer.address(), head, length);
        requests++;
        requestId.of(head, loop.requestIds);
        trail.named(requestId);
        clientAddress = peer.address();
        if (head.wholeServer) {
            exchange = new Exchange(this, loop, head);
            exchange.answerOptions();
            return;
        }
        Upstream upstream = lastRoute.find(head, peer);
        byte[] forwarded = peer.trusted() ? relayed(head) : lastRoute.forwarded();
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
        begun.begin(upstream, input.keep(HeadWriter.request(loop.compose(), head, forwarded, requestId)));
    }

    /** What a trusted proxy says, and by it who the client is. */
    private byte[] relayed(RequestHead head) {
        Relayed relayed = new Relayed(peer, loop.settings.front(), head, lastRoute.host());
        clientAddress = relayed.clientAddress();
        return relayed.lines();
    }

    private long mostOfBody(Upstream upstream) {
        long most = upstream.project()
                .maxRequestBody()
                .orElse(loop.settings.bounds().requestBody());
        return most == 0 ? Long.MAX_VALUE : most;
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

    /** What came is no request, and is spoken of all the same. */
    void nameBroken() {
        clientAddress = peer.address();
        requestId.make(loop.requestIds);
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
        input.startAnew();
        patience.stir();
        if (stays && !loop.isStopping()) {
            input.process();
        } else if ((unread || input.waitingOctets() > 0) && !halfClose.hasHappened()) {
            parting.linger();
        } else {
            parting.closeAfterWrites();
        }
    }

    /** Luma is stopping: whoever is not being answered right now is let go. */
    void stopSoon() {
        if (exchange == null && input.waiting() == null && !parting.isLingering()) {
            parting.closeAfterWrites();
        }
    }

    /** Whether another request may come after the current one. */
    boolean mayServeMore() {
        int most = loop.settings.bounds().requestsPerConnection();
        return !loop.isStopping() && (most == 0 || requests < most);
    }

    /** Closes, so that an answer which is under way is not taken for a whole one. */
    void end() {
        Exchange current = exchange;
        if (current != null ? current.isHalfAnswered() : Buffers.unsent(channel) > 0) {
            parting.cutBecause(Failure.SHUTTING_DOWN.name());
        } else {
            parting.closeBecause(Failure.SHUTTING_DOWN.name());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!channel.isWritable()) {
            return;
        }
        Exchange current = exchange;
        patience.stir();
        if (current != null) {
            current.clientWritable();
        } else if (input.waiting() != null) {
            input.process();
            loop.flush();
        }
        input.pace();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            halfClose.happens();
            if (parting.isLingering()) {
                parting.closeAfterWrites();
            } else {
                input.process();
            }
            loop.flush();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Resets and broken pipes are a client's way to leave; channelInactive does what there is to do.
        if (!(cause instanceof IOException)) {
            LOG.error("The connection of {} failed", peer.address(), cause);
        }
        parting.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        parting.isOver();
        ends(End.CLIENT_LEFT);
        loop.remove(this);
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
        loop.flush();
    }
}
