package dev.luma.api;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** Requests that fail before any handler could see them, as problems. */
final class BadRequests {

    private BadRequests() {}

    /** What the codec could not read. */
    static Problem unreadable(Throwable cause, ApiLimits limits) {
        if (cause instanceof TooLongHttpLineException) {
            return Problem.of(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "The request line is longer than " + limits.lineBytes() + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Problem.of(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "The header fields are larger than " + limits.headBytes() + " bytes");
        }
        return Problem.of(HttpResponseStatus.BAD_REQUEST, "The request is not valid HTTP: " + cause.getMessage());
    }

    static Problem tooLarge(ApiLimits limits) {
        return Problem.of(Statuses.CONTENT_TOO_LARGE, "The body is larger than " + limits.bodyBytes() + " bytes");
    }

    static Problem tooSlow(ApiLimits limits) {
        return Problem.of(
                HttpResponseStatus.REQUEST_TIMEOUT,
                "The request was not complete within " + limits.requestTime().toSeconds() + " seconds");
    }

    static Problem unknownExpectation(String expectation) {
        return Problem.of(
                HttpResponseStatus.EXPECTATION_FAILED,
                "The only expectation that can be met is 100-continue, not \"" + expectation + "\"");
    }
}
