package dev.luma.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** How long ago something was, as people say it. */
final class Ages {

    private Ages() {}

    /** The span since an ISO 8601 moment; the text itself if it is not one. */
    static String ago(String moment, Instant now) {
        try {
            return words(Duration.between(Instant.parse(moment), now)) + " ago";
        } catch (DateTimeParseException notAMoment) {
            return moment;
        }
    }

    private static String words(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        if (seconds < 60) {
            return count(seconds, "second");
        }
        if (seconds < 3_600) {
            return count(seconds / 60, "minute");
        }
        return seconds < 2 * 86_400 ? count(seconds / 3_600, "hour") : count(seconds / 86_400, "day");
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }
}
