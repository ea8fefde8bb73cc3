package dev.luma.server;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Short words, each different from those before it: the moment of this start, which no other start with the same state
 * directory shares, and a number.
 */
final class InstancePrefixes implements Supplier<String> {

    private static final int DIGITS = 36;

    private final String run;
    private final AtomicInteger given = new AtomicInteger();

    /**
     * Begins with no word given.
     *
     * @param startMillis when Luma was started, in milliseconds since 1970
     */
    InstancePrefixes(long startMillis) {
        run = Long.toString(startMillis, DIGITS);
    }

    @Override
    public String get() {
        return run + Integer.toString(given.incrementAndGet(), DIGITS);
    }
}
