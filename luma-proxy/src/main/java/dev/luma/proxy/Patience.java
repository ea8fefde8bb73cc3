package dev.luma.proxy;

import dev.luma.core.Durations;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * For how long nothing may happen on one client's connection, and what becomes of it then. Looked at from time to time
 * rather than timed, and confined to the connection's loop.
 */
final class Patience {

    private final ClientConnection client;
    private final Loop loop;
    private final Channel channel;

    /** Grows with everything that a timeout waits for. A look that finds it unchanged tells for how long nothing came. */
    private int activity;

    private int activitySeen = -1;
    private long unsentSeen;
    private long quietSince;

    /** The request whose whole time counts, and when it was first looked at. */
    private @Nullable Exchange watched;

    private long watchedSince;

    Patience(ClientConnection client, Loop loop, Channel channel) {
        this.client = client;
        this.loop = loop;
        this.channel = channel;
    }

    /** Says that something has happened, so that waiting begins anew. */
    void stir() {
        activity++;
    }

    /** Looked at from time to time: ends what has been waiting for too long. */
    void check(long now) {
        Exchange current = client.exchange();
        if (current == null) {
            watched = null;
        } else {
            checkWhole(current, now);
        }
        long unsent = Buffers.unsent(channel);
        if (activity != activitySeen || unsent != unsentSeen) {
            activitySeen = activity;
            unsentSeen = unsent;
            quietSince = now;
            return;
        }
        Optional<Duration> most = most();
        if (most.isPresent() && now - quietSince >= most.get().toNanos()) {
            stir();
            overdue();
        }
    }

    /** For how long nothing may happen as things are now. */
    private Optional<Duration> most() {
        ProxySettings.Timeouts timeouts = loop.settings.timeouts();
        Exchange current = client.exchange();
        if (current != null) {
            return most(current, timeouts);
        }
        if (client.parting.hasSentAll()) {
            return Optional.of(timeouts.linger());
        }
        if (!client.input.awaitsHead() && Buffers.unsent(channel) > 0) {
            return Optional.of(timeouts.response()); // the end of an answer is still on its way
        }
        return Optional.of(awaitsHead() ? timeouts.head() : timeouts.keepAlive());
    }

    private Optional<Duration> most(Exchange current, ProxySettings.Timeouts timeouts) {
        return switch (current.stage()) {
            case ADMISSION, CONNECTING, STREAM, OVER -> Optional.empty(); // somebody else watches over it
            case TUNNEL -> Optional.of(timeouts.tunnel());
            case RELAYING -> {
                if (client.answer().isBegun()) {
                    yield Optional.of(client.halfClose.hasHappened() ? timeouts.keepAlive() : timeouts.response());
                }
                yield Optional.of(current.awaitsClient() ? timeouts.body() : timeouts.firstByte());
            }
        };
    }

    private boolean awaitsHead() {
        return client.input.awaitsHead() && !client.parting.isUnderWay();
    }

    private void overdue() {
        Exchange current = client.exchange();
        if (current != null) {
            overdue(current);
        } else if (awaitsHead()) {
            client.ownAnswers.failure(
                    Failure.REQUEST_TIMEOUT,
                    "the request's head was not complete in time",
                    Optional.empty(),
                    false,
                    false,
                    false);
        } else if (Buffers.unsent(channel) > 0) {
            client.parting.cutBecause("RESPONSE_TIMEOUT");
        } else {
            client.parting.close();
        }
    }

    private void overdue(Exchange current) {
        if (current.isTunnel()) {
            current.leaveUpstream();
            client.parting.closeBecause("TUNNEL_TIMEOUT");
        } else if (client.answer().isBegun()) {
            current.leaveUpstream();
            client.parting.cutBecause("RESPONSE_TIMEOUT");
        } else if (current.awaitsClient()) {
            current.giveUp(Failure.REQUEST_TIMEOUT, "the request's body did not go on in time", false);
        } else {
            String limit = Durations.format(loop.settings.timeouts().firstByte());
            current.giveUp(
                    Failure.UPSTREAM_TIMEOUT,
                    current.name() + " did not begin to answer within " + limit,
                    current.mayBeFollowed());
        }
    }

    /** Ends the request if it has been going on for too long in all. */
    private void checkWhole(Exchange current, long now) {
        Duration most = loop.settings.timeouts().request();
        if (most.isZero() || !current.isBounded()) {
            return;
        }
        if (watched != current) {
            watched = current;
            watchedSince = now;
        } else if (now - watchedSince >= most.toNanos()) {
            if (client.answer().isBegun()) {
                current.leaveUpstream();
                client.parting.cutBecause("REQUEST_TIMEOUT");
            } else {
                current.giveUp(
                        Failure.UPSTREAM_TIMEOUT,
                        current.name() + " did not answer the whole request within " + Durations.format(most),
                        current.mayBeFollowed());
            }
        }
    }
}
