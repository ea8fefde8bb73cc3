package dev.luma.proxy;

import dev.luma.core.Admission;
import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.Waiter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one request waits in the line of its project, once or again after an instance that took no connection, but not beyond
 * one deadline. Runs on the client's loop, but for the two methods of {@link Admission.Listener}. Nothing that is warm needs
 * it.
 */
final class Parking implements Admission.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

    private final Exchange exchange;
    private final ClientConnection client;
    private final Loop loop;
    private final Upstream upstream;
    private final long deadline;

    Parking(Exchange exchange, ClientConnection client, Loop loop, Upstream upstream) {
        this.exchange = exchange;
        this.client = client;
        this.loop = loop;
        this.upstream = upstream;
        this.deadline = upstream.waitDeadline();
    }

    /** Takes a place in the line, or what can be had without one. */
    void enter(Admission.Listener listener) {
        exchange.park();
        Admission admission = upstream.acquire(Addresses.household(client.clientAddress()), deadline, listener);
        if (admission instanceof Lease granted) {
            exchange.send(granted);
        } else if (admission instanceof Waiter place) {
            exchange.waits(place);
        } else if (admission instanceof Refusal refusal) {
            exchange.refuse(refusal);
        }
    }

    /** The same once more, if there is still time. */
    void enterAgain() {
        if (loop.ticker.nanos() - deadline >= 0) {
            exchange.refuse(
                    Failure.START_TIMEOUT,
                    exchange.name() + " did not take a connection in time",
                    Optional.of(Duration.ofSeconds(1)));
        } else {
            enter(this);
        }
    }

    @Override
    public void granted(Lease granted) {
        try {
            loop.eventLoop.execute(() -> {
                if (exchange.leaveLine()) {
                    exchange.send(granted);
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
                if (exchange.leaveLine()) {
                    exchange.refuse(refusal);
                }
                loop.flush();
            });
        } catch (RejectedExecutionException stopped) {
            LOG.debug("Nobody is left to be told: {}", refusal.detail());
        }
    }
}
