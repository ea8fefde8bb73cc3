package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** RFC 9110 section 6.6.1: who has a clock says when an answer was made, if nobody has said it before. */
@Rfc("9110 6.6.1")
class DateLineTest {

    private static final String IMF_FIXDATE =
            "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT";

    private static final class Clock implements Ticker {
        private Instant now = Instant.parse("1994-11-06T08:49:37.700Z");

        @Override
        public long nanos() {
            return Duration.between(Instant.EPOCH, now).toNanos();
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.US_ASCII);
    }

    @Test
    void isMadeAnewWhenTheSecondChanges() {
        Clock clock = new Clock();
        DateLine date = new DateLine(clock);
        byte[] first = date.now();
        assertEquals("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", text(first));
        clock.now = clock.now.plusMillis(299);
        assertSame(first, date.now());
        clock.now = clock.now.plusMillis(1);
        assertEquals("Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n", text(date.now()));
    }

    @Test
    void isAddedWhereTheUpstreamSaysNone() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            Message answer = kit.client().ask(ProxyKit.GET);
            assertTrue(answer.field("date").matches(IMF_FIXDATE), () -> answer.field("date"));
        }
    }

    @Test
    void staysAsTheUpstreamSaysIt() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer("HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
            assertEquals(
                    "Sun, 06 Nov 1994 08:49:37 GMT",
                    kit.client().ask(ProxyKit.GET).field("date"));
        }
    }

    @Test
    void standsInWhatLumaSaysItself() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            for (String request : new String[] {
                "GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n", "OPTIONS * HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n"
            }) {
                Message answer = kit.client().ask(request);
                assertTrue(answer.field("date").matches(IMF_FIXDATE), () -> answer.field("date"));
            }
        }
    }

    @Test
    void standsInWhatOneTooManyIsTold() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.connections(usual, "most", 1))
                .start()) {
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
            Message answer = kit.client().ask(ProxyKit.GET);
            assertEquals(503, answer.status());
            assertTrue(answer.field("date").matches(IMF_FIXDATE), () -> answer.field("date"));
        }
    }

    /** An interim answer needs none; the final one behind it does. */
    @Test
    void isNotAddedToInterimAnswers() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer("HTTP/1.1 103 Early Hints\r\n\r\n" + RecordingUpstream.OK);
            RawClient client = kit.client().send(ProxyKit.GET);
            Message interim = client.response();
            assertEquals(103, interim.status());
            assertFalse(interim.has("date"));
            assertTrue(client.response().has("date"));
        }
    }
}
