package dev.luma.server;

import dev.luma.proxy.AccessRecord;
import dev.luma.proxy.AccessRecord.Text;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a record becomes a line. For one thread: the date is made once a second. */
abstract class AccessFormat {

    private final DateTimeFormatter dates;
    private long second = Long.MIN_VALUE;
    private String date = "";

    private AccessFormat(String pattern) {
        dates = DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    abstract void append(AccessRecord record, long epochMillis, LineBuffer out);

    /** Like NCSA's combined format, which tools know, with Luma's own columns behind it. */
    static AccessFormat common() {
        return new Common();
    }

    /** One JSON object a line. */
    static AccessFormat json() {
        return new Json();
    }

    String date(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            date = dates.format(Instant.ofEpochSecond(now));
        }
        return date;
    }

    static String end(AccessRecord.End end) {
        return switch (end) {
            case COMPLETE -> "complete";
            case CLIENT_LEFT -> "client_left";
            case UPSTREAM_CUT -> "upstream_cut";
            case LUMA_CUT -> "luma_cut";
        };
    }

    private static final class Common extends AccessFormat {

        private static final String ESCAPE = "\\x";

        Common() {
            super("dd/MMM/yyyy:HH:mm:ss Z");
        }

        @Override
        void append(AccessRecord record, long epochMillis, LineBuffer out) {
            word(out, record.client).add(" - - [").add(date(epochMillis)).add("] \"");
            if (record.has(Text.METHOD)) {
                out.escaped(record, Text.METHOD, ESCAPE).add(" ");
                text(out, record, Text.TARGET).add(" ");
                text(out, record, Text.VERSION);
            } else {
                out.add("-");
            }
            out.add("\" ");
            (record.status == 0 ? out.add("-") : out.add(record.status)).add(" ");
            out.add(record.bodyOctets).add(" \"");
            text(out, record, Text.REFERER).add("\" \"");
            text(out, record, Text.USER_AGENT).add("\" \"");
            text(out, record, Text.HOST).add("\" ");
            word(out, record.project).add(" ");
            word(out, record.instance).add(" ");
            millis(out, record.waitedNanos).add(" ");
            millis(out, record.firstByteNanos).add(" ");
            millis(out, record.upstreamNanos).add(" ");
            millis(out, record.durationNanos).add(" ");
            out.add(record.requestOctets).add(" ").add(record.sentOctets).add(" ");
            word(out, record.reason).add(" ").add(end(record.end)).add("\n");
        }

        private static LineBuffer word(LineBuffer out, @Nullable String word) {
            return word == null ? out.add("-") : out.escaped(word, ESCAPE);
        }

        private static LineBuffer text(LineBuffer out, AccessRecord record, Text text) {
            return record.has(text) ? out.escaped(record, text, ESCAPE) : out.add("-");
        }

        private static LineBuffer millis(LineBuffer out, long nanos) {
            return nanos < 0 ? out.add("-") : out.millis(nanos);
        }
    }

    private static final class Json extends AccessFormat {

        private static final String ESCAPE = "\\u00";

        Json() {
            super("yyyy-MM-dd'T'HH:mm:ss");
        }

        @Override
        void append(AccessRecord record, long epochMillis, LineBuffer out) {
            int millis = (int) Math.floorMod(epochMillis, 1000L);
            out.add("{\"time\":\"").add(date(epochMillis)).add(millis < 10 ? ".00" : millis < 100 ? ".0" : ".");
            out.add(millis).add("Z\"");
            word(out, "client", record.client);
            text(out, "method", record, Text.METHOD);
            text(out, "target", record, Text.TARGET);
            text(out, "version", record, Text.VERSION);
            text(out, "host", record, Text.HOST);
            if (record.status != 0) {
                out.add(",\"status\":").add(record.status);
            }
            word(out, "reason", record.reason);
            out.add(",\"end\":\"").add(end(record.end)).add("\"");
            word(out, "project", record.project);
            word(out, "instance", record.instance);
            millis(out, "wake_ms", record.waitedNanos);
            millis(out, "first_byte_ms", record.firstByteNanos);
            millis(out, "upstream_ms", record.upstreamNanos);
            millis(out, "duration_ms", record.durationNanos);
            out.add(",\"request_bytes\":").add(record.requestOctets);
            out.add(",\"body_bytes\":").add(record.bodyOctets);
            out.add(",\"sent_bytes\":").add(record.sentOctets);
            text(out, "request_id", record, Text.REQUEST_ID);
            text(out, "user_agent", record, Text.USER_AGENT);
            text(out, "referer", record, Text.REFERER);
            out.add("}\n");
        }

        private static void word(LineBuffer out, String name, @Nullable String word) {
            if (word != null) {
                out.add(",\"").add(name).add("\":\"").escaped(word, ESCAPE).add("\"");
            }
        }

        private static void text(LineBuffer out, String name, AccessRecord record, Text text) {
            if (record.has(text)) {
                out.add(",\"")
                        .add(name)
                        .add("\":\"")
                        .escaped(record, text, ESCAPE)
                        .add("\"");
            }
        }

        private static void millis(LineBuffer out, String name, long nanos) {
            if (nanos >= 0) {
                out.add(",\"").add(name).add("\":").millis(nanos);
            }
        }
    }
}
