package dev.luma.proxy;

import dev.luma.core.Ticker;
import java.time.Duration;

/** Lets something that may happen thousands of times a second be said once a minute. Any thread may ask. */
final class Seldom {

    private static final long GAP = Duration.ofMinutes(1).toNanos();

    private final Ticker ticker;
    private long times;
    private long saidAt;
    private boolean said;

    Seldom(Ticker ticker) {
        this.ticker = ticker;
    }

    /** How often it has happened since it was said last, this time included; 0 if it is not to be said now. */
    synchronized long happened() {
        times++;
        long now = ticker.nanos();
        if (said && now - saidAt < GAP) {
            return 0;
        }
        said = true;
        saidAt = now;
        long since = times;
        times = 0;
        return since;
    }
}
