package dev.luma.api;

import io.netty.handler.codec.http.HttpRequest;
import java.util.Optional;

/**
 * A request target taken apart (RFC 9112 section 3.2).
 *
 * @param authority host and port, if the target names them itself
 * @param path without the query, still percent-encoded; {@code *} for the server as a whole
 */
record Target(Optional<String> authority, String path) {

    static Target of(HttpRequest head) {
        String uri = head.uri();
        int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
        if (scheme < 0) {
            return new Target(Optional.empty(), withoutQuery(uri));
        }
        int start = scheme + 3;
        int end = start;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        String path = withoutQuery(uri.substring(end));
        return new Target(Optional.of(uri.substring(start, end)), path.isEmpty() ? "/" : path);
    }

    private static String withoutQuery(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }
}
