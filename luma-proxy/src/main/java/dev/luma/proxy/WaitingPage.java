package dev.luma.proxy;

import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import dev.luma.core.WakeProgress;
import dev.luma.core.Waking.ColdStart;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What a person sees while a project wakes that asks for it: where it is, and the app as soon as it is there. One page
 * without anything around it, that a {@link WakeStream} keeps up to date.
 *
 * @param failure what the answer says of itself
 * @param retryAfter when it makes sense to ask again
 * @param html the whole page
 */
record WaitingPage(Failure failure, Duration retryAfter, String html) {

    /** A wake that probably takes longer is not waited for in silence, nor is any that has taken longer. */
    static final Duration SLOW = Duration.ofSeconds(1);

    private static final byte[] SEC_FETCH_MODE = Octets.of("sec-fetch-mode");
    private static final byte[] NAVIGATE = Octets.of("navigate");
    private static final byte[] SEC_FETCH_DEST = Octets.of("sec-fetch-dest");
    private static final byte[] DOCUMENT = Octets.of("document");
    private static final byte[] UPGRADE_INSECURE_REQUESTS = Octets.of("upgrade-insecure-requests");
    private static final byte[] ONE = Octets.of("1");

    /** How soon a browser without scripts asks again, at the latest. */
    private static final Duration LONGEST_REFRESH = Duration.ofSeconds(5);

    private static final String TEMPLATE = read();

    /** Nothing but what stands in the page itself, and its own host for the stream. */
    static final String POLICY = "default-src 'none'; style-src '" + hash("style") + "'; script-src '" + hash("script")
            + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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

    /** How long a navigation waits for its answer before it gets the page. */
    static Duration patience(Upstream upstream) {
        boolean slow = upstream.progress()
                .flatMap(WakeProgress::expected)
                .filter(expected -> expected.compareTo(SLOW) >= 0)
                .isPresent();
        return slow ? Duration.ZERO : SLOW;
    }

    static WaitingPage of(String project, WakeProgress now) {
        return of(
                project,
                Failure.WAKING,
                now.left(),
                project + " is waking up",
                "It is being started. This page loads it when it is there.",
                WakeNews.of(now));
    }

    /** For a wake that came to nothing; empty where the usual answer says all there is. */
    static Optional<WaitingPage> of(String project, Refusal refusal) {
        WakeNews news = WakeNews.of(refusal);
        return switch (refusal.reason()) {
            case START_FAILED, RUNTIME_DOWN ->
                Optional.of(of(
                        project,
                        Failure.of(refusal.reason()),
                        refusal.retryAfter().orElse(SLOW),
                        project + " did not start",
                        refusal.detail(),
                        news));
            case UNKNOWN_HOST, LINE_FULL, TOO_MANY_WAITING, START_TIMEOUT, SHUTTING_DOWN -> Optional.empty();
        };
    }

    private static WaitingPage of(
            String project, Failure failure, Duration retryAfter, String title, String say, WakeNews news) {
        Duration refresh = news.event().equals(WakeNews.PROGRESS) && retryAfter.compareTo(LONGEST_REFRESH) > 0
                ? LONGEST_REFRESH
                : retryAfter;
        String html = fill(Map.of(
                "name",
                project,
                "title",
                title,
                "say",
                say,
                "event",
                news.event(),
                "news",
                news.data(),
                "reason",
                "Luma \u00b7 " + failure.name(),
                "refresh",
                Long.toString(ErrorAnswer.wholeSeconds(refresh))));
        return new WaitingPage(failure, retryAfter, html);
    }

    /** In one walk, so that no value is taken for a part of the page. */
    private static String fill(Map<String, String> values) {
        StringBuilder page = new StringBuilder(TEMPLATE.length() + 1024);
        int at = 0;
        for (int open = TEMPLATE.indexOf("{{"); open >= 0; open = TEMPLATE.indexOf("{{", at)) {
            int close = TEMPLATE.indexOf("}}", open);
            String value = values.get(TEMPLATE.substring(open + 2, close));
            if (value == null) {
                throw new IllegalStateException("nothing is said about " + TEMPLATE.substring(open, close + 2));
            }
            page.append(TEMPLATE, at, open).append(ErrorAnswer.escapeHtml(value));
            at = close + 2;
        }
        return page.append(TEMPLATE, at, TEMPLATE.length()).toString();
    }

    private static String read() {
        try (InputStream in = WaitingPage.class.getResourceAsStream("waiting.html")) {
            if (in == null) {
                throw new IllegalStateException("waiting.html is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Of what the element holds, as a policy names it (CSP 3, section 2.3.1). */
    private static String hash(String element) {
        int from = TEMPLATE.indexOf("<" + element + ">") + element.length() + 2;
        String content = TEMPLATE.substring(from, TEMPLATE.indexOf("</" + element + ">"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
