package dev.luma.proxy;

import dev.luma.core.Endpoint;
import dev.luma.core.ReadinessProbe.Listener;
import dev.luma.core.ReadinessProbe.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One wait for one app: a try, a pause, the next try. Confined to its loop. */
final class ReadinessTrial {

    // What is lost on the way is sent again by the kernel after a second only; a fresh connection is quicker. Who
    // refuses
    // is there, so only silence makes it worth waiting for longer.
    private static final int FIRST_PATIENCE_MILLIS = 20;
    private static final int LONGEST_PATIENCE_MILLIS = 2_000;

    // A forwarder may accept and then find nobody to forward to for a while. The patience grows beyond what a first
    // answer can reasonably take, since an app that is slow at first must not be asked anew for ever.
    private static final int FIRST_ANSWER_OF_FORWARDER_MILLIS = 200;
    private static final int FIRST_ANSWER_MILLIS = 1_000;
    private static final int LONGEST_ANSWER_MILLIS = 30_000;

    private static final String NO_CONNECTION = "it takes no connection";

    private final Transport transport;
    private final EventLoop loop;
    private final Target target;
    private final Listener listener;
    private final Pauses pauses = new Pauses();
    private int patienceMillis = FIRST_PATIENCE_MILLIS;
    private int answerMillis;
    private String lastSeen = NO_CONNECTION;
    private boolean over;
    private @Nullable Channel channel;
    private @Nullable Future<?> nextAttempt;

    ReadinessTrial(Transport transport, EventLoop loop, Target target, Listener listener) {
        this.transport = transport;
        this.loop = loop;
        this.target = target;
        this.listener = listener;
        this.answerMillis = target.readiness().isPresent() ? FIRST_ANSWER_MILLIS : FIRST_ANSWER_OF_FORWARDER_MILLIS;
    }

    /** A connection proves nothing behind a forwarder, nor if the project wants to be asked. */
    private boolean connectionIsEnough() {
        return target.endpoint().reach() == Endpoint.Reach.DIRECT
                && target.readiness().isEmpty();
    }

    void attempt() {
        if (over) {
            return;
        }
        Channel made;
        try {
            made = new ReflectiveChannelFactory<>(transport.connectionType).newChannel();
        } catch (ChannelException noSocket) {
            tryAgain(pauses.afterNoConnection()); // a bootstrap would tell it on a thread of its own
            return;
        }
        ReadinessQuestion question = new ReadinessQuestion(this, target);
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channelFactory(() -> made)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, patienceMillis)
                .option(ChannelOption.AUTO_READ, !connectionIsEnough())
                .handler(question)
                .connect(Addresses.of(target.endpoint()));
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                notConnected(done.cause());
            } else if (connectionIsEnough()) {
                ready();
                connecting.channel().close();
            } else {
                question.ask(connecting.channel(), answerMillis);
            }
        });
    }

    private void notConnected(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            patienceMillis = Math.min(LONGEST_PATIENCE_MILLIS, patienceMillis * 2);
        }
        saw(NO_CONNECTION);
        tryAgain(pauses.afterNoConnection());
    }

    void answered(int status) {
        if (status >= 200 && status < 400) {
            ready();
        } else {
            notYet(path -> "it answered " + status + " at " + path);
        }
    }

    void answeredGarbage() {
        notYet(path -> "what it answers at " + path + " is not HTTP/1.1");
    }

    void closed() {
        notYet(path -> "it closes the connection at " + path + " without an answer");
    }

    void silent() {
        answerMillis = Math.min(LONGEST_ANSWER_MILLIS, answerMillis * 2);
        notYet(path -> "it does not answer at " + path);
    }

    private void notYet(UnaryOperator<String> sentence) {
        // Without a question of the project's this is a forwarder, behind which nobody listens yet.
        saw(target.readiness().map(get -> sentence.apply(get.path())).orElse(NO_CONNECTION));
        tryAgain(pauses.afterNotYet());
    }

    private void saw(String what) {
        if (!over && !what.equals(lastSeen)) {
            lastSeen = what;
            listener.seen(what);
        }
    }

    void ready() {
        if (!over) {
            over = true;
            listener.ready();
        }
    }

    private void tryAgain(int pauseMicros) {
        if (!over) {
            nextAttempt = loop.schedule(this::attempt, pauseMicros, TimeUnit.MICROSECONDS);
        }
    }

    /** Nobody wants to know any more; also called when it is known. */
    void cancel() {
        if (over) {
            return;
        }
        over = true;
        if (nextAttempt != null) {
            nextAttempt.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
    }
}
