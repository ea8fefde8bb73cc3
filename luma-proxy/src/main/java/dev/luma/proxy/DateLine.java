package dev.luma.proxy;

import dev.luma.core.Ticker;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The Date of answers that have none (RFC 9110 section 6.6.1), as a whole field line; made once a second at most. Confined
 * to its loop.
 */
final class DateLine {

    /** IMF-fixdate, RFC 9110 section 5.6.7. */
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "'Date: 'EEE, dd MMM yyyy HH:mm:ss' GMT\r\n'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Ticker ticker;
    private byte[] line = {};
    private long until;

    DateLine(Ticker ticker) {
        this.ticker = ticker;
    }

    byte[] now() {
        long nanos = ticker.nanos();
        if (line.length == 0 || nanos - until >= 0) {
            Instant instant = ticker.instant();
            line = Octets.of(FORMAT.format(instant));
            until = nanos + TimeUnit.SECONDS.toNanos(1) - instant.get(ChronoField.NANO_OF_SECOND);
        }
        return line;
    }
}
