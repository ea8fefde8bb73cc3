package dev.luma.proxy;

import dev.luma.core.Admission;
import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.WakeProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A browser's navigation in the line of a project that shows a page: it waits like any other request, but gets the page
 * when that takes too long, at once if that is known beforehand.
 */
final class Visit implements Admission.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Visit.class);

    private final Exchange exchange;
    private final Loop loop;
    private final Upstream upstream;

    Visit(Exchange exchange, Loop loop, Upstream upstream) {
        this.exchange = exchange;
        this.loop = loop;
        this.upstream = upstream;
    }

    /** It stands in the line now. What it may have heard already, of a start that has just failed, is handled first. */
    void begin() {
        lookAfter(WaitingPage.patience(upstream));
    }

    private void lookAfter(Duration patience) {
        loop.eventLoop.schedule(this::look, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (!exchange.isWaiting()) {
            return;
        }
        Optional<WakeProgress> wake = upstream.progress();
        if (wake.isPresent()) {
            exchange.showPage(WaitingPage.of(upstream.project().name(), wake.get()));
            loop.flush();
        } else {
            // It runs, and others are let in before; or it has still to be seen what becomes of it.
            lookAfter(WaitingPage.SLOW);
        }
    }

    @Override
    public void granted(Lease lease) {
        exchange.granted(lease);
    }

    @Override
    public void refused(Refusal refusal) {
        Optional<WaitingPage> page = WaitingPage.of(upstream.project().name(), refusal);
        if (page.isEmpty()) {
            exchange.refused(refusal);
            return;
        }
        try {
            loop.eventLoop.execute(() -> {
                if (exchange.isWaiting()) {
                    exchange.showPage(page.get());
                }
                loop.flush();
            });
        } catch (RejectedExecutionException stopped) {
            LOG.debug("Nobody is left to be told: {}", refusal.detail());
        }
    }
}
