package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Luma's own answers. */
class ErrorAnswerTest {

    private @Nullable RequestId id;

    private static final byte[] DATE = Octets.of("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");

    private Message answer(
            Failure failure,
            String detail,
            Optional<Duration> retryAfter,
            boolean page,
            boolean bodiless,
            boolean close)
            throws IOException {
        ByteBuf out = ErrorAnswer.of(
                UnpooledByteBufAllocator.DEFAULT, failure, detail, retryAfter, id, DATE, page, bodiless, close);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
        Message answer = new StrictReader(in).response(bodiless);
        assertEquals(0, in.available());
        return answer;
    }

    private static String utf8(Message answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** RFC 9457. */
    @ParameterizedTest
    @EnumSource(Failure.class)
    void isAProblemDocument(Failure failure) throws IOException {
        Message answer = answer(failure, "so it is", Optional.empty(), false, false, false);
        assertEquals(failure.status(), answer.status());
        assertEquals("application/problem+json", answer.field("content-type"));
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", answer.field("date"));
        assertEquals("no-store", answer.field("cache-control"));
        assertEquals(failure.name(), answer.field("luma-reason"));
        assertFalse(answer.has("connection"));
        assertEquals(
                "{\"type\":\"about:blank\",\"title\":\"" + failure.title() + "\",\"status\":" + failure.status()
                        + ",\"detail\":\"so it is\",\"reason\":\"" + failure.name() + "\"}\n",
                utf8(answer));
    }

    @Test
    void isAPageForPeople() throws IOException {
        Message answer = answer(Failure.START_FAILED, "<b>\"&\u00e4", Optional.empty(), true, false, true);
        assertEquals("text/html; charset=utf-8", answer.field("content-type"));
        assertEquals("close", answer.field("connection"));
        assertTrue(utf8(answer).contains("&lt;b&gt;&quot;&amp;\u00e4"), utf8(answer));
        assertTrue(utf8(answer).contains("START_FAILED"));
    }

    /** So that a user can tell it to whoever has the log. */
    @Test
    void saysTheIdOfTheRequest() throws IOException {
        assertFalse(answer(Failure.START_FAILED, "x", Optional.empty(), true, false, true)
                .has("x-request-id"));
        RequestId made = new RequestId();
        made.make(new SplittableRandom(1));
        id = made;
        Message page = answer(Failure.START_FAILED, "x", Optional.empty(), true, false, true);
        assertEquals(made.text(), page.field("x-request-id"));
        assertTrue(utf8(page).contains("START_FAILED &middot; " + made.text()), utf8(page));
        Message problem = answer(Failure.START_FAILED, "x", Optional.empty(), false, false, true);
        assertEquals(made.text(), problem.field("x-request-id"));
    }

    @Test
    void escapesJson() throws IOException {
        Message answer = answer(Failure.START_FAILED, "a\"b\\c\nd\u0001\u00e4", Optional.empty(), false, false, false);
        assertTrue(utf8(answer).contains("\"a\\\"b\\\\c\\u000ad\\u0001\u00e4\""), utf8(answer));
    }

    /** RFC 9110 section 9.3.2: the head says what GET would get. */
    @Rfc("9110 9.3.2")
    @Test
    void hasNoBodyForHead() throws IOException {
        Message get = answer(Failure.UNKNOWN_HOST, "x", Optional.empty(), false, false, false);
        Message head = answer(Failure.UNKNOWN_HOST, "x", Optional.empty(), false, true, false);
        assertEquals(get.lines(), head.lines());
        assertEquals(String.valueOf(get.body().length), head.field("content-length"));
    }

    /** RFC 9110 section 10.2.3: whole seconds, never 0. */
    @Rfc("9110 10.2.3")
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "1000, 1", "1001, 2", "60000, 60"})
    void saysWhenToComeBack(long millis, String seconds) throws IOException {
        Message answer = answer(Failure.LINE_FULL, "x", Optional.of(Duration.ofMillis(millis)), false, false, false);
        assertEquals(seconds, answer.field("retry-after"));
    }

    /** RFC 9110 section 15.5.6. */
    @Rfc("9110 15.5.6")
    @Test
    void saysWhichMethodsAreAllowed() throws IOException {
        Message answer = answer(Failure.METHOD_NOT_ALLOWED, "x", Optional.empty(), false, false, false);
        assertEquals("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", answer.field("allow"));
    }
}
