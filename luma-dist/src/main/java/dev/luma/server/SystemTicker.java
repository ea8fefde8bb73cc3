package dev.luma.server;

import dev.luma.core.Ticker;
import java.time.Instant;

/** The machine's clock. */
final class SystemTicker implements Ticker {

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant instant() {
        return Instant.now();
    }
}
