package dev.luma.proxy;

import dev.luma.core.Admission;
import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.WakeProgress;
import dev.luma.core.Waking.ColdStart;
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

    /** A wake that probably takes longer is not waited for in silence, nor is any that has taken longer. */
    static final Duration SLOW = Duration.ofSeconds(1);

    private static final byte[] SEC_FETCH_MODE = Octets.of("sec-fetch-mode");
    private static final byte[] NAVIGATE = Octets.of("navigate");
    private static final byte[] SEC_FETCH_DEST = Octets.of("sec-fetch-dest");
    private static final byte[] DOCUMENT = Octets.of("document");
    private static final byte[] UPGRADE_INSECURE_REQUESTS = Octets.of("upgrade-insecure-requests");
    private static final byte[] ONE = Octets.of("1");

    private final Exchange exchange;
    private final Parking parking;
    private final Loop loop;
    private final Upstream upstream;

    Visit(Exchange exchange, Parking parking, Loop loop, Upstream upstream) {
        this.exchange = exchange;
        this.parking = parking;
        this.loop = loop;
        this.upstream = upstream;
    }

    /**
     * Whether a browser wants to show the answer by itself, and the project shows a page meanwhile. Browsers say so in the
     * fields of Fetch Metadata, which they leave out where a connection is neither secured nor local; there they say that
     * they would rather have a secured one, which they do for navigations only.
     */
    static boolean isAskedFor(Upstream upstream, RequestHead head) {
        if (upstream.project().waking().coldStart() != ColdStart.PAGE) {
            return false;
        }
        Fields fields = head.fields;
        boolean navigates = fields.has(SEC_FETCH_MODE)
                ? fields.says(SEC_FETCH_MODE, NAVIGATE)
                        && (!fields.has(SEC_FETCH_DEST) || fields.says(SEC_FETCH_DEST, DOCUMENT))
                : fields.says(UPGRADE_INSECURE_REQUESTS, ONE);
        return navigates && fields.wantsHtml && head.methodIs("GET") && !head.hasBody();
    }

    /** It stands in the line now. What it may have heard already, of a start that has just failed, is handled first. */
    void begin() {
        lookAfter(patience());
    }

    private Duration patience() {
        boolean slow = upstream.progress()
                .flatMap(WakeProgress::expected)
                .filter(expected -> expected.compareTo(SLOW) >= 0)
                .isPresent();
        return slow ? Duration.ZERO : SLOW;
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
            lookAfter(SLOW);
        }
    }

    @Override
    public void granted(Lease lease) {
        parking.granted(lease);
    }

    @Override
    public void refused(Refusal refusal) {
        Optional<WaitingPage> page = WaitingPage.of(upstream.project().name(), refusal);
        if (page.isEmpty()) {
            parking.refused(refusal);
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
