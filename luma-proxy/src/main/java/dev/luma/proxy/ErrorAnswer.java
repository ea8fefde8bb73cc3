package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Luma's own answers: a problem document for programs (RFC 9457), a plain page for people. */
final class ErrorAnswer {

    private static final String ALLOW = "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";

    private static final byte[] CRLF = Octets.of("\r\n");

    private ErrorAnswer() {}

    /** To an OPTIONS that nobody but Luma is asked: what may be asked at all (RFC 9110 section 9.3.7). */
    static ByteBuf options(ByteBufAllocator allocator, byte[] date, boolean close) {
        String head = "HTTP/1.1 204 No Content\r\n" + ALLOW + (close ? "Connection: close\r\n" : "");
        ByteBuf out = allocator.directBuffer(head.length() + date.length + CRLF.length);
        ByteBufUtil.writeAscii(out, head);
        return out.writeBytes(date).writeBytes(CRLF);
    }

    /**
     * The whole answer, head and body.
     *
     * @param requestId the name of the request, where it has one
     * @param date the field line
     * @param asPage whether the client would rather have a page
     * @param bodiless whether the request was a HEAD
     */
    static ByteBuf of(
            ByteBufAllocator allocator,
            Failure failure,
            String detail,
            Optional<Duration> retryAfter,
            @Nullable RequestId requestId,
            byte[] date,
            boolean asPage,
            boolean bodiless,
            boolean close) {
        String id = requestId == null ? "" : requestId.text();
        byte[] body = (asPage ? page(failure, detail, id) : problem(failure, detail)).getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(320)
                .append("HTTP/1.1 ")
                .append(failure.status())
                .append(' ')
                .append(failure.title())
                .append("\r\nContent-Type: ")
                .append(asPage ? "text/html; charset=utf-8" : "application/problem+json")
                .append("\r\nContent-Length: ")
                .append(body.length)
                .append("\r\nCache-Control: no-store\r\nLuma-Reason: ")
                .append(failure.name())
                .append("\r\n");
        retryAfter.ifPresent(
                wait -> head.append("Retry-After: ").append(wholeSeconds(wait)).append("\r\n"));
        if (!id.isEmpty()) {
            head.append("X-Request-Id: ").append(id).append("\r\n");
        }
        if (failure == Failure.METHOD_NOT_ALLOWED) {
            head.append(ALLOW);
        }
        if (close) {
            head.append("Connection: close\r\n");
        }
        ByteBuf out = allocator.directBuffer(head.length() + date.length + CRLF.length + body.length);
        ByteBufUtil.writeAscii(out, head);
        out.writeBytes(date).writeBytes(CRLF);
        return bodiless ? out : out.writeBytes(body);
    }

    /** The page, for those who wait for a project. */
    static ByteBuf waiting(
            ByteBufAllocator allocator, WaitingPage page, RequestId requestId, byte[] date, boolean close) {
        byte[] body = page.html().getBytes(StandardCharsets.UTF_8);
        String head =
                "HTTP/1.1 " + page.failure().status() + ' ' + page.failure().title()
                        + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " + body.length
                        + "\r\nCache-Control: no-store\r\nLuma-Reason: "
                        + page.failure().name()
                        + "\r\nRetry-After: " + wholeSeconds(page.retryAfter())
                        + "\r\nX-Request-Id: " + requestId.text()
                        + "\r\nContent-Security-Policy: " + WaitingPage.POLICY
                        + "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                        + (close ? "Connection: close\r\n" : "");
        ByteBuf out = allocator.directBuffer(head.length() + date.length + CRLF.length + body.length);
        ByteBufUtil.writeAscii(out, head);
        return out.writeBytes(date).writeBytes(CRLF).writeBytes(body);
    }

    /** Rounded up, and never 0. */
    static long wholeSeconds(Duration time) {
        return Math.max(1, (time.toMillis() + 999) / 1_000);
    }

    private static String problem(Failure failure, String detail) {
        return "{\"type\":\"about:blank\",\"title\":\"" + failure.title() + "\",\"status\":" + failure.status()
                + ",\"detail\":\"" + escapeJson(detail) + "\",\"reason\":\"" + failure.name() + "\"}\n";
    }

    private static String page(Failure failure, String detail, String id) {
        return String.format(
                """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$d %2$s</title>
            <style>
              :root { color-scheme: light dark; }
              body { font: 1.05rem/1.6 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
              main { max-width: 34rem; padding: 2rem; }
              p.status { font-size: 3.5rem; font-weight: 200; margin: 0; line-height: 1.1; }
              h1 { font-size: 1.25rem; font-weight: 600; margin: .25rem 0 1rem; }
              footer { margin-top: 2rem; font-size: .85rem; opacity: .6; }
            </style>
            <main>
              <p class="status">%1$d</p>
              <h1>%2$s</h1>
              <p>%3$s</p>
              <footer>Luma &middot; %4$s%5$s</footer>
            </main>
            """,
                failure.status(),
                failure.title(),
                escapeHtml(detail),
                failure.name(),
                id.isEmpty() ? "" : " &middot; " + escapeHtml(id));
    }

    static String escapeJson(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '"' || letter == '\\') {
                out.append('\\').append(letter);
            } else if (letter < ' ') {
                out.append(String.format("\\u%04x", (int) letter));
            } else {
                out.append(letter);
            }
        }
        return out.toString();
    }

    static String escapeHtml(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
