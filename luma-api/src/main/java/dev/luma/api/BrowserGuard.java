package dev.luma.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;

/**
 * Refuses changes that a web page asks for. Browsers let any page send requests to any server, loopback included; they
 * mark them with {@code Origin} and {@code Sec-Fetch-Site}, and no page can take these marks off.
 */
final class BrowserGuard {

    private static final String FETCH_SITE = "sec-fetch-site";
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private BrowserGuard() {}

    static void check(HttpRequest head) {
        if (SAFE.contains(head.method())) {
            return;
        }
        HttpHeaders headers = head.headers();
        boolean foreign = headers.contains(HttpHeaderNames.ORIGIN)
                || headers.getAll(FETCH_SITE).stream().anyMatch(site -> !OWN_SITES.contains(site));
        if (foreign) {
            throw new ProblemException(Problem.of(
                    HttpResponseStatus.FORBIDDEN,
                    "The API takes no changes from web pages (the request has an Origin or a foreign Sec-Fetch-Site"
                            + " header); use the luma command or curl"));
        }
    }
}
