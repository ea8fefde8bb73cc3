package dev.luma.proxy;

import dev.luma.core.Refusal;
import dev.luma.core.WakeProgress;
import java.time.Duration;

/**
 * One thing that the waiting page is told of a wake, with the page itself or behind it.
 *
 * @param event what kind of news it is
 * @param data what there is to say, as JSON in one line
 */
record WakeNews(String event, String data) {

    static final String PROGRESS = "progress";
    static final String FAILED = "failed";

    /** When to come again if nobody has said. */
    static final Duration SOON = Duration.ofSeconds(1);

    /** The app takes requests. */
    static final WakeNews READY = new WakeNews("ready", "{}");

    static WakeNews of(WakeProgress now) {
        return new WakeNews(
                PROGRESS,
                "{\"phase\":\"" + now.phase().word() + "\",\"ahead\":" + now.ahead() + ",\"elapsed_ms\":"
                        + now.elapsed().toMillis() + ",\"expected_ms\":"
                        + now.expected().map(Duration::toMillis).orElse(0L) + "}");
    }

    /** What came to nothing is a matter for a person; where there is only no room, the page comes again by itself. */
    static WakeNews of(Refusal refusal) {
        boolean crowded = switch (refusal.reason()) {
            case LINE_FULL, TOO_MANY_WAITING, START_TIMEOUT, SHUTTING_DOWN -> true;
            case UNKNOWN_HOST, START_FAILED, RUNTIME_DOWN -> false;
        };
        return new WakeNews(
                crowded ? "later" : FAILED,
                "{\"detail\":\"" + ErrorAnswer.escapeJson(refusal.detail()) + "\",\"retry_ms\":"
                        + refusal.retryAfter().orElse(SOON).toMillis() + "}");
    }

    /** As one event of a stream (WHATWG HTML, section 9.2). */
    String asEvent() {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }
}
