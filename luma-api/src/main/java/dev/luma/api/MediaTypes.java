package dev.luma.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.util.List;
import java.util.Locale;

/**
 * Which media types a request's body may have. {@code POST} has to say that it carries JSON even when it carries nothing:
 * it is the one changing method that a browser sends for a foreign page without asking first, and only with the types of
 * HTML forms.
 */
final class MediaTypes {

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private MediaTypes() {}

    static void check(HttpRequest head) {
        HttpMethod method = head.method();
        boolean patch = method.equals(HttpMethod.PATCH);
        boolean needed = patch
                || method.equals(HttpMethod.POST)
                || method.equals(HttpMethod.PUT)
                || (method.equals(HttpMethod.DELETE) && hasBody(head));
        if (!needed) {
            return;
        }
        List<String> accepted = patch ? List.of(JSON, MERGE_PATCH) : List.of(JSON);
        HttpHeaders headers = head.headers();
        List<String> given = headers.getAll(HttpHeaderNames.CONTENT_TYPE);
        if (given.size() != 1 || !accepted.contains(essence(given.get(0)))) {
            throw refusal(
                    "A " + method + " needs the header \"Content-Type: " + JSON + "\""
                            + (given.isEmpty() ? "" : ", not \"" + String.join(", ", given) + "\""),
                    patch ? "Accept-Patch" : "Accept",
                    String.join(", ", accepted));
        }
        CharSequence charset = HttpUtil.getCharsetAsSequence(given.get(0));
        if (charset != null && !charset.toString().replace("\"", "").strip().equalsIgnoreCase("utf-8")) {
            throw refusal("JSON is sent in UTF-8, not in " + charset, "Accept", JSON);
        }
        String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        if (coding != null && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(coding)) {
            throw refusal("The body must not be compressed, but is \"" + coding + "\"", "Accept-Encoding", "identity");
        }
    }

    static boolean hasBody(HttpRequest head) {
        return HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
    }

    private static String essence(String contentType) {
        CharSequence type = HttpUtil.getMimeType(contentType);
        return type == null ? "" : type.toString().strip().toLowerCase(Locale.ROOT);
    }

    private static ProblemException refusal(String detail, String header, String value) {
        return new ProblemException(
                Problem.of(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, detail).with(header, value));
    }
}
