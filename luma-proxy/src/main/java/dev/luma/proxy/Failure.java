package dev.luma.proxy;

import dev.luma.core.Refusal;

/** Every reason for which Luma answers by itself, with the status that it becomes. The name is what Luma-Reason says. */
enum Failure {
    BAD_REQUEST(400, "Bad Request"),
    UNKNOWN_HOST(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    REQUEST_TIMEOUT(408, "Request Timeout"),
    BODY_TOO_LARGE(413, "Content Too Large"),
    TARGET_TOO_LONG(414, "URI Too Long"),
    MISDIRECTED(421, "Misdirected Request"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large"),
    NOT_IMPLEMENTED(501, "Not Implemented"),
    UPSTREAM_FAILED(502, "Bad Gateway"),
    UPSTREAM_INVALID(502, "Bad Gateway"),
    LINE_FULL(503, "Service Unavailable"),
    TOO_MANY_WAITING(503, "Service Unavailable"),
    TOO_MANY_CONNECTIONS(503, "Service Unavailable"),
    OUT_OF_FILES(503, "Service Unavailable"),
    /** Nothing is wrong: a {@link WaitingPage} is shown in the meantime. */
    WAKING(503, "Service Unavailable"),
    START_FAILED(503, "Service Unavailable"),
    RUNTIME_DOWN(503, "Service Unavailable"),
    SHUTTING_DOWN(503, "Service Unavailable"),
    START_TIMEOUT(504, "Gateway Timeout"),
    UPSTREAM_TIMEOUT(504, "Gateway Timeout"),
    VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

    private final int status;
    private final String title;

    Failure(int status, String title) {
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** What goes wrong with the bytes of a client, so that where its next request would begin is not known. */
    boolean breaksFraming() {
        return status == 400 || status == 408 || status == 414 || status == 431 || status == 501 || status == 505;
    }

    static Failure of(Refusal.Reason reason) {
        return switch (reason) {
            case UNKNOWN_HOST -> UNKNOWN_HOST;
            case LINE_FULL -> LINE_FULL;
            case TOO_MANY_WAITING -> TOO_MANY_WAITING;
            case START_TIMEOUT -> START_TIMEOUT;
            case START_FAILED -> START_FAILED;
            case RUNTIME_DOWN -> RUNTIME_DOWN;
            case SHUTTING_DOWN -> SHUTTING_DOWN;
        };
    }
}
