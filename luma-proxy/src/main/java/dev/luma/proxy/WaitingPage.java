package dev.luma.proxy;

import dev.luma.core.Refusal;
import dev.luma.core.WakeProgress;
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

    /** How soon a browser without scripts asks again, at the latest. */
    private static final Duration LONGEST_REFRESH = Duration.ofSeconds(5);

    private static final String TEMPLATE = read();

    /** Nothing but what stands in the page itself, and its own host for the stream. */
    static final String POLICY = "default-src 'none'; style-src '" + hash("style") + "'; script-src '" + hash("script")
            + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
                        refusal.retryAfter().orElse(WakeNews.SOON),
                        project + " did not start",
                        refusal.detail() + ".",
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
