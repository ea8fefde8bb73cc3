package dev.luma.proxy;

import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.Waiter;
import dev.luma.proxy.AccessRecord.End;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: admission, the upstream connection, the relay of both bodies, and what happens when either
 * side breaks off. Confined to the client's loop.
 *
 * <pre>
 *   ADMISSION --lease--&gt; CONNECTING --connected--&gt; RELAYING --last octet--&gt; OVER
 *       ^                    |                        |
 *       '---- unreachable ---'                        '--101--&gt; TUNNEL --either side ends--&gt; OVER
 * </pre>
 *
 * A {@link WakeStream} has a stage of its own, STREAM, and nothing else.
 */
final class Exchange {

    enum Stage {
        ADMISSION,
        CONNECTING,
        RELAYING,
        TUNNEL,
        STREAM,
        OVER
    }

    private static final long REPEAT_MILLIS = 100;
    /** How soon a page that has been shown comes back: its stream at once, and without scripts when it refreshes. */
    private static final Duration RETURN = Duration.ofSeconds(10);

    private final ClientConnection client;
    private final Loop loop;
    private final Answer answer;
    private final BodyFraming requestBody;
    private final UpstreamSide side;
    final boolean headRequest;
    final boolean http10;
    final boolean upgrade;
    private final boolean persistent;
    private final boolean repeatable;
    private final boolean wantsHtml;

    private Stage stage = Stage.ADMISSION;
    private @Nullable Upstream upstream;
    private @Nullable Parking parking;
    private @Nullable Waiter waiter;
    private boolean repeated;
    private boolean fresh;
    private boolean awaitsContinue;
    private boolean tunnelInputEnded;

    Exchange(ClientConnection client, Loop loop, RequestHead request) {
        this.client = client;
        this.loop = loop;
        this.answer = client.answer();
        this.requestBody = client.requestBody();
        this.side = client.upstreamSide;
        answer.reset();
        this.headRequest = request.methodIs("HEAD");
        this.http10 = request.http10;
        this.persistent = request.isPersistent();
        this.upgrade = request.isUpgrade();
        this.repeatable = request.isRepeatable();
        this.wantsHtml = request.fields.wantsHtml;
        this.awaitsContinue = request.fields.expect && !request.http10;
        if (request.fields.framing.chunked) {
            requestBody.chunked();
        } else {
            requestBody.counted(Math.max(0, request.fields.framing.contentLength));
        }
    }

    /** Sends the request whose head is ready, now or when the project is awake. */
    void begin(Upstream to, ByteBuf readyHead) {
        upstream = to;
        side.keep(readyHead);
        Lease warm = to.tryAcquire();
        if (warm != null) {
            send(warm);
            return;
        }
        Parking place = new Parking(this, client, loop, to);
        parking = place;
        if (Visit.isAskedFor(to, loop.requestHead)) {
            Visit visit = new Visit(this, place, loop, to);
            place.enter(visit);
            visit.begin();
        } else {
            place.enter(place);
        }
    }

    // The line.

    /** Goes where those stand who wait for the project. */
    void park() {
        stage = Stage.ADMISSION;
        side.condenseHead();
    }

    /** It has a place in the line, which it gives up when it ends. */
    void waits(Waiter place) {
        waiter = place;
    }

    /** The wait is over, however it has ended; false if nobody waits any more. */
    boolean leaveLine() {
        if (stage != Stage.ADMISSION) {
            return false;
        }
        waiter = null;
        return true;
    }

    void refuse(Refusal refusal) {
        refuse(Failure.of(refusal.reason()), refusal.detail(), refusal.retryAfter());
    }

    // The page for those who wait, and what it hears.

    /** Whether it stands in the line. */
    boolean isWaiting() {
        return stage == Stage.ADMISSION && waiter != null;
    }

    /** Answers with the page, whose stream will take a place in the line. */
    void showPage(WaitingPage page) {
        Upstream to = upstream;
        if (to != null) {
            to.awaitReturn(RETURN);
        }
        leaveUpstream();
        client.ownAnswers.page(page, mayBeFollowed());
    }

    /** Tells the page that asks for it how the wake of its project goes on. */
    void stream(Upstream to) {
        upstream = to;
        stage = Stage.STREAM;
        WakeStream stream = new WakeStream(this, client, loop);
        stream.begin(mayStay() && !http10);
        if (headRequest) {
            endStream();
        } else {
            stream.enter(to);
        }
    }

    boolean isStreaming() {
        return stage == Stage.STREAM;
    }

    /** Keeps the lease for as long as the stream is open; false if it is not. */
    boolean hold(Lease granted) {
        if (stage != Stage.STREAM) {
            return false;
        }
        waiter = null;
        side.hold(granted);
        return true;
    }

    void endStream() {
        boolean stays = mayStay() && !http10;
        leaveUpstream();
        client.exchangeOver(stays, !requestBody.isDone());
    }

    void send(Lease granted) {
        side.hold(granted);
        client.trail().leased(granted);
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
        side.opens(opening);
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
        Upstream to = upstream;
        if (stage == Stage.CONNECTING && to != null && side.releaseUnreachable()) {
            parkAgain(to);
            client.input.process();
        }
    }

    private void parkAgain(Upstream to) {
        Parking place = parking;
        if (place == null) {
            place = new Parking(this, client, loop, to);
            parking = place;
            place.enter(place);
        } else {
            place.enterAgain();
        }
    }

    /** There is no socket for a connection, as file descriptors have run out; the instance is not to blame for it. */
    void noSocket(ChannelException why) {
        Lease held = side.lease();
        if (stage != Stage.CONNECTING || held == null) {
            return;
        }
        if (loop.pool.size() > 0) {
            loop.pool.closeAll(); // what nobody uses goes first
            connect(held);
            return;
        }
        loop.crowd.noSocket(why);
        giveUp(Failure.OUT_OF_FILES, "there is no file descriptor for another connection to " + name(), false);
    }

    private void relay(UpstreamConnection to) {
        stage = Stage.RELAYING;
        client.patience.stir();
        client.trail().relayed();
        side.sendHead(to, this, repeatable);
        client.input.process(); // what has come of the body, and what comes behind it
    }

    // The request's body, from the client to the upstream.

    /** Whether octets of the client belong to this exchange and can be passed on now. */
    boolean takesBody() {
        return stage == Stage.TUNNEL || (stage == Stage.RELAYING && !requestBody.isDone());
    }

    /** Whether it makes sense to read on. */
    boolean canTakeMore() {
        return stage == Stage.CONNECTING || side.isWritable();
    }

    boolean isHalfAnswered() {
        return stage == Stage.RELAYING && answer.isBegun();
    }

    /** Whether an interim answer can still be sent; HTTP/1.0 knows none. */
    boolean mayBeProbed() {
        return !http10 && !answer.isBegun() && isBounded();
    }

    int measureBody(ByteBuf in) throws BadMessage {
        return stage == Stage.TUNNEL ? in.readableBytes() : requestBody.measure(in);
    }

    void sendBody(ByteBuf octets) {
        awaitsContinue = false;
        client.patience.stir();
        side.send(octets, requestBody);
    }

    void upstreamWritabilityChanged() {
        client.patience.stir();
        client.input.pace();
    }

    /** The client's body breaks its own framing: whatever was sent of it is not a whole request. */
    void requestBroken(BadMessage bad) {
        if (!answer.isBegun()) {
            giveUp(bad.failure(), bad.detail(), false);
        } else {
            leaveUpstream();
            client.parting.cutBecause(bad.failure().name());
        }
    }

    // The answer, from the upstream to the client.

    /** Takes octets over; what comes back is the beginning of a head, to be given again with what follows. */
    @Nullable
    ByteBuf answerOctets(ByteBuf octets) {
        client.patience.stir();
        return answer.take(octets, this);
    }

    Stage stage() {
        return stage;
    }

    /** Whether it may take only so long in all; what lasts by its nature may go on. */
    boolean isBounded() {
        return stage != Stage.TUNNEL && stage != Stage.STREAM && stage != Stage.OVER;
    }

    boolean isRelaying() {
        return stage == Stage.RELAYING;
    }

    boolean isTunnel() {
        return stage == Stage.TUNNEL;
    }

    /** Whether another request may follow the answer that begins now, as far as it depends on this one. */
    boolean mayStay() {
        // Where the next request begins is not known before this one has ended, so nothing is promised until then.
        return mayBeFollowed() && client.mayServeMore();
    }

    /** Whether where the next request begins is known, and the client wants one. */
    boolean mayBeFollowed() {
        return persistent && requestBody.isDone();
    }

    void interimPassed() {
        awaitsContinue = false;
    }

    /** The request will not be sent again. What comes back are field lines for the head of the answer. */
    byte[] answerBegins() {
        side.dropHead();
        return side.timing();
    }

    void switchProtocols() {
        stage = Stage.TUNNEL;
        side.lasts();
        client.trail().switched();
        client.input.process();
    }

    void clientWritable() {
        if (stage == Stage.RELAYING || stage == Stage.TUNNEL) {
            side.resume();
        }
    }

    /** The whole answer has been passed on. */
    void finish(boolean leftovers) {
        stage = Stage.OVER;
        boolean whole = requestBody.isDone();
        side.giveBack(whole && answer.leavesUpstreamOpen() && !leftovers);
        client.exchangeOver(answer.leavesClientOpen() && whole, !whole);
    }

    void answerBroken(BadMessage bad) {
        if (!answer.isBegun()) {
            giveUp(
                    Failure.UPSTREAM_INVALID,
                    name() + " sent an answer that is not valid HTTP: " + bad.detail(),
                    mayBeFollowed());
        } else {
            leaveUpstream();
            client.parting.cut(End.UPSTREAM_CUT);
        }
    }

    /**
     * The upstream connection is gone.
     *
     * @param failed whether it broke, rather than being closed
     */
    void upstreamClosed(boolean failed) {
        // An upstream that closes without reading the whole request resets, and may have said all that it wanted to.
        boolean end = answer.endsWithConnection() && !(failed && requestBody.isDone());
        if (stage == Stage.TUNNEL || end) {
            boolean mayStillSend = stage == Stage.TUNNEL || !requestBody.isDone();
            stage = Stage.OVER;
            side.forgetConnection();
            side.releaseLease();
            client.exchangeOver(false, mayStillSend);
            return;
        }
        if (stage != Stage.RELAYING) {
            return;
        }
        side.forgetConnection();
        if (answer.isBegun()) {
            stage = Stage.OVER;
            side.releaseLease();
            client.parting.cut(End.UPSTREAM_CUT);
            return;
        }
        Lease held = side.lease();
        if (repeatable && !repeated && !answer.isReceived() && held != null) {
            // Nothing came back, and asking twice does no harm: once more, on a connection of its own.
            repeated = true;
            if (fresh) {
                repeatSoon(held);
            } else {
                connect(held);
            }
            return;
        }
        giveUp(Failure.UPSTREAM_FAILED, name() + " closed the connection before it answered", mayBeFollowed());
    }

    /**
     * A new connection that breaks tells of an app that is going down, and for a moment its port still takes others that
     * break as well. After that moment it is refused, and the request goes back in the line.
     */
    private void repeatSoon(Lease held) {
        stage = Stage.CONNECTING;
        loop.eventLoop.schedule(
                () -> {
                    if (stage == Stage.CONNECTING && side.lease() == held) {
                        connect(held);
                        loop.flush();
                    }
                },
                REPEAT_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Whether it is for the client that everybody waits, rather than for the upstream. */
    boolean awaitsClient() {
        return !requestBody.isDone() && !awaitsContinue && side.isWritable();
    }

    // The end.

    /** Leaves the upstream, which has not begun to answer, and answers in its place. */
    void giveUp(Failure failure, String detail, boolean stays) {
        leaveUpstream();
        client.ownAnswers.failure(failure, detail, Optional.empty(), wantsHtml, headRequest, stays);
    }

    /** Answers in place of an upstream. */
    void refuse(Failure failure, String detail, Optional<Duration> retryAfter) {
        stage = Stage.OVER;
        side.dropHead();
        client.ownAnswers.failure(failure, detail, retryAfter, wantsHtml, headRequest, mayBeFollowed());
    }

    /** Answers an OPTIONS that is not for an upstream. */
    void answerOptions() {
        stage = Stage.OVER;
        client.ownAnswers.options(mayBeFollowed());
    }

    /** The client has left in the middle of its request. Answers to those before it may still be on their way. */
    void abandon() {
        leaveUpstream();
        if (answer.isBegun()) {
            client.parting.cut(End.CLIENT_LEFT);
        } else {
            client.ends(End.CLIENT_LEFT);
            client.exchangeOver(false, false);
        }
    }

    /** The client sends nothing more into the tunnel; the other end of it may still do so. */
    void endTunnelInput() {
        if (!tunnelInputEnded) {
            tunnelInputEnded = true;
            side.shutdownOutput();
        }
    }

    void clientGone() {
        leaveUpstream();
    }

    /** Gives up whatever it has, and its place in the line. */
    void leaveUpstream() {
        stage = Stage.OVER;
        Waiter place = waiter;
        waiter = null;
        if (place != null) {
            place.cancel();
        }
        side.leave();
    }

    /** The project, for those who are told about it. */
    String name() {
        Upstream of = upstream;
        return of == null ? "the upstream" : of.project().name();
    }
}
