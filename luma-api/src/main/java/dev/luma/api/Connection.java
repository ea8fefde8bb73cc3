package dev.luma.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: takes one request after the other, in order, and writes the answers. What a client sends ahead
 * while it is being answered waits, as decoded pieces, and above a bound reading pauses. Confined to the event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Decoded pieces (heads, pieces of bodies) that may wait before reading pauses. */
    private static final int MOST_AHEAD = 64;

    /** Asks a connection, as a user event, to close when the request under way has its answer. */
    enum Finish {
        SOON
    }

    private enum State {
        /** Until the head of a request is there. */
        AWAITING,
        /** Until its body is complete. */
        READING,
        /** Until its answer is there. */
        ANSWERING,
        /** A request was refused in the middle: what else comes is thrown away, until the client has seen the answer. */
        LINGERING,
        CLOSED
    }

    private final Channel channel;
    private final Dispatcher dispatcher;
    private final ApiLimits limits;
    private final Queue<HttpObject> ahead = new ArrayDeque<>();
    private State state = State.AWAITING;
    private @Nullable Incoming incoming;
    private ChannelFuture lastWrite;
    private Future<?> deadline;
    private boolean proceeding;
    private boolean inputOver;
    private boolean finishing;

    Connection(Channel channel, Dispatcher dispatcher, ApiLimits limits) {
        this.channel = channel;
        this.dispatcher = dispatcher;
        this.limits = limits;
        this.lastWrite = channel.newSucceededFuture();
        this.deadline = channel.newSucceededFuture();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        setDeadline(limits.requestTime());
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ahead.add((HttpObject) message);
        proceed();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        proceed();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            // The client may still read, but one that pressed Ctrl-C looks just the same.
            inputOver = true;
            tellThatClientLeft();
            closeIfOver();
        } else if (event == Finish.SOON) {
            finishing = true;
            closeIfOver();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.CLOSED;
        tellThatClientLeft();
        proceed();
        deadline.cancel(false);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("A client of the API broke its connection", cause);
        } else {
            LOG.warn("A connection to the API failed", cause);
        }
        channel.close();
    }

    private void proceed() {
        if (proceeding) {
            return;
        }
        proceeding = true;
        try {
            while (!ahead.isEmpty() && takesMore()) {
                HttpObject next = ahead.remove();
                try {
                    take(next);
                } finally {
                    ReferenceCountUtil.release(next);
                }
            }
        } finally {
            proceeding = false;
        }
        channel.config().setAutoRead(ahead.size() < MOST_AHEAD);
        closeIfOver();
    }

    private boolean takesMore() {
        return switch (state) {
            // A client that does not read its answers gets no more of them.
            case AWAITING, READING -> channel.isWritable();
            case ANSWERING -> false;
            case LINGERING, CLOSED -> true;
        };
    }

    private void take(HttpObject next) {
        switch (state) {
            case AWAITING, READING -> {
                if (next.decoderResult().isFailure()) {
                    refuseNow(BadRequests.unreadable(next.decoderResult().cause(), limits)
                            .answer());
                } else if (next instanceof HttpRequest head) {
                    begin(head);
                } else if (next instanceof HttpContent content && incoming != null) {
                    read(incoming, content);
                }
            }
            case LINGERING -> {
                if (next instanceof LastHttpContent) {
                    closeAfterLastWrite();
                }
            }
            case ANSWERING, CLOSED -> {
                // Only a closed connection gets here: nobody hears an answer any more.
            }
        }
    }

    private void begin(HttpRequest head) {
        boolean tooLarge = HttpUtil.getContentLength(head, 0L) > limits.bodyBytes();
        boolean waits = HttpUtil.is100ContinueExpected(head);
        Incoming request = judge(head, tooLarge);
        incoming = request;
        state = State.READING;
        Answer refusal = request.refusal();
        if (refusal != null && (waits || tooLarge)) {
            refuseNow(refusal);
        } else if (waits) {
            channel.writeAndFlush(Responses.goOn());
        }
    }

    private Incoming judge(HttpRequest head, boolean tooLarge) {
        try {
            Router.Match match = dispatcher.admit(head);
            String expectation = head.headers().get(HttpHeaderNames.EXPECT);
            if (expectation != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
                return Incoming.refused(
                        head, BadRequests.unknownExpectation(expectation).answer());
            }
            return tooLarge
                    ? Incoming.refused(head, BadRequests.tooLarge(limits).answer())
                    : Incoming.admitted(head, match);
        } catch (ProblemException refused) {
            return Incoming.refused(head, refused.problem().answer());
        }
    }

    private void read(Incoming request, HttpContent piece) {
        if (request.bodyLength() + piece.content().readableBytes() > limits.bodyBytes()) {
            refuseNow(BadRequests.tooLarge(limits).answer());
            return;
        }
        request.append(piece.content());
        if (piece instanceof LastHttpContent) {
            answer(request);
        }
    }

    private void answer(Incoming request) {
        state = State.ANSWERING;
        deadline.cancel(false);
        Answer refusal = request.refusal();
        if (refusal != null) {
            answered(request, refusal);
            return;
        }
        LOG.debug("{} {}", request.head().method(), request.head().uri());
        dispatcher
                .answer(request.handler(), request.request())
                .whenComplete((answer, cancelled) -> onLoop(() -> answered(request, answer)));
    }

    /** @param answer null when nobody waits for it */
    private void answered(Incoming request, @Nullable Answer answer) {
        if (state != State.ANSWERING || incoming != request) {
            return;
        }
        if (answer == null) {
            channel.close();
            return;
        }
        boolean last = finishing || (inputOver && ahead.isEmpty()) || !HttpUtil.isKeepAlive(request.head());
        write(answer, last);
        incoming = null;
        if (last) {
            closeAfterLastWrite();
        } else {
            state = State.AWAITING;
            setDeadline(limits.requestTime());
            proceed();
        }
    }

    /** Answers a request of which more is to come, and gives the connection up. */
    private void refuseNow(Answer answer) {
        write(answer, true);
        incoming = null;
        state = State.LINGERING;
        setDeadline(limits.lingerTime());
        lastWrite.addListener(written -> ((DuplexChannel) channel).shutdownOutput());
    }

    private void write(Answer answer, boolean last) {
        HttpRequest head = incoming == null ? null : incoming.head();
        lastWrite = channel.writeAndFlush(Responses.of(answer, head, last));
    }

    private void setDeadline(Duration time) {
        deadline.cancel(false);
        deadline = channel.eventLoop().schedule(this::overdue, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void overdue() {
        if (state == State.READING) {
            refuseNow(BadRequests.tooSlow(limits).answer());
        } else {
            channel.close();
        }
    }

    private void closeIfOver() {
        boolean over = ahead.isEmpty() && (inputOver || (finishing && state == State.AWAITING));
        if (over && state != State.ANSWERING && state != State.CLOSED) {
            closeAfterLastWrite();
        }
    }

    private void closeAfterLastWrite() {
        state = State.CLOSED;
        setDeadline(limits.requestTime());
        lastWrite.addListener(ChannelFutureListener.CLOSE);
    }

    private void tellThatClientLeft() {
        if (incoming != null) {
            incoming.clientLeft().complete(null);
        }
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("An answer came after the API had stopped", stopped);
        }
    }
}
