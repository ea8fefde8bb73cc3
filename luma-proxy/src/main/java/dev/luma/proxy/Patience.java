package dev.luma.proxy;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Optional;

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
            return current.patience();
        }
        if (client.parting.hasSentAll()) {
            return Optional.of(timeouts.linger());
        }
        if (!client.input.awaitsHead() && Buffers.unsent(channel) > 0) {
            return Optional.of(timeouts.response()); // the end of an answer is still on its way
        }
        return Optional.of(awaitsHead() ? timeouts.head() : timeouts.keepAlive());
    }

    private boolean awaitsHead() {
        return client.input.awaitsHead() && !client.parting.isUnderWay();
    }

    private void overdue() {
        Exchange current = client.exchange();
        if (current != null) {
            current.overdue();
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
}
