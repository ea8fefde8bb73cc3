package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LineEncoderTest {

    private static final long MOMENT = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();

    private final LoggerContext context = new LoggerContext();

    @Test
    void writesOneLine() {
        assertEquals("2026-01-31T12:00:00Z INFO  hello world\n", encode(false, "dev.luma.server.X", Level.INFO, null));
        assertEquals("2026-01-31T12:00:00Z ERROR hello world\n", encode(false, "dev.luma.server.X", Level.ERROR, null));
        assertEquals(
                "2026-01-31T12:00:00Z WARN  io.netty.X: hello world\n", encode(false, "io.netty.X", Level.WARN, null));
    }

    @Test
    void leavesTimeToTheJournal() {
        assertEquals("<6>hello world\n", encode(true, "dev.luma.server.X", Level.INFO, null));
        assertEquals("<4>hello world\n", encode(true, "dev.luma.server.X", Level.WARN, null));
        assertEquals("<7>hello world\n", encode(true, "dev.luma.server.X", Level.DEBUG, null));
    }

    @Test
    void marksEachLineOfATrace() {
        String text = encode(true, "dev.luma.server.X", Level.ERROR, new IllegalStateException("bang"));
        assertTrue(text.startsWith("<3>hello world\n<3>java.lang.IllegalStateException: bang\n<3>\tat "), text);
    }

    private String encode(boolean journal, String logger, Level level, Throwable error) {
        LoggingEvent event =
                new LoggingEvent("caller", context.getLogger(logger), level, "hello {}", error, new Object[] {"world"});
        event.setTimeStamp(MOMENT);
        return new String(new LineEncoder(journal).encode(event), StandardCharsets.UTF_8);
    }
}
