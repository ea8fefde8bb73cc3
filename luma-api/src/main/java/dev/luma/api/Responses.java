package dev.luma.api;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Answers as HTTP messages, with the headers that all of them have. */
final class Responses {

    private Responses() {}

    /**
     * @param head what is answered, or null when it could not be read
     * @param last whether the connection is closed afterwards
     */
    static FullHttpResponse of(Answer answer, @Nullable HttpRequest head, boolean last) {
        boolean bodiless = head != null && head.method().equals(HttpMethod.HEAD);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                answer.status(),
                bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        HttpHeaders headers = response.headers();
        if (!answer.contentType().isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
            headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        headers.set("x-content-type-options", "nosniff");
        headers.set("cross-origin-resource-policy", "same-origin");
        answer.headers().forEach(headers::set);
        HttpUtil.setKeepAlive(headers, head == null ? HttpVersion.HTTP_1_1 : head.protocolVersion(), !last);
        return response;
    }

    /** Asks for a body that the client holds back until then. */
    static FullHttpResponse goOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }
}
