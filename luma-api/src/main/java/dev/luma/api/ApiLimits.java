package dev.luma.api;

import java.time.Duration;

/**
 * The bounds of one connection and one request.
 *
 * @param lineBytes the longest request line
 * @param headBytes the largest head
 * @param bodyBytes the largest body
 * @param requestTime how long a connection may take to deliver a whole request, counted from its opening or from its last
 *     answer: covers slow clients and idle connections alike
 * @param lingerTime how long the rest of a refused request is read and thrown away, so that the client sees the answer
 * @param sleepTime how long {@code POST /projects/{name}/stop} waits for the project to sleep
 * @param closeTime how long requests under way may take to finish when the server stops
 */
record ApiLimits(
        int lineBytes,
        int headBytes,
        int bodyBytes,
        Duration requestTime,
        Duration lingerTime,
        Duration sleepTime,
        Duration closeTime) {

    static final ApiLimits DEFAULTS = new ApiLimits(
            8 * 1024,
            16 * 1024,
            1024 * 1024,
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofMinutes(2),
            Duration.ofSeconds(5));
}
