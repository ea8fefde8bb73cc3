package dev.luma.api;

import io.netty.handler.codec.http.HttpResponseStatus;

/** The statuses whose names RFC 9110 has changed since Netty's table was written. */
final class Statuses {

    static final HttpResponseStatus CONTENT_TOO_LARGE = new HttpResponseStatus(413, "Content Too Large");
    static final HttpResponseStatus UNPROCESSABLE_CONTENT = new HttpResponseStatus(422, "Unprocessable Content");

    private Statuses() {}
}
