package dev.luma.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One line an event: time, level, message, and the logger's name where it is not Luma's own. For the systemd journal,
 * which knows the time, the level goes in front as its number (sd-daemon(3)), on each line of a message.
 */
final class LineEncoder extends EncoderBase<ILoggingEvent> {

    private final boolean journal;

    LineEncoder(boolean journal) {
        this.journal = journal;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        if (!journal) {
            line.append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS))
                    .append(' ');
            String level = event.getLevel().toString();
            line.append(level).append(" ".repeat(Math.max(1, 6 - level.length())));
        }
        if (!event.getLoggerName().startsWith("dev.luma.")) {
            line.append(event.getLoggerName()).append(": ");
        }
        line.append(event.getFormattedMessage()).append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        String text = line.toString();
        return (journal ? prefixed(text, priority(event.getLevel())) : text).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private static String prefixed(String text, int priority) {
        StringBuilder all = new StringBuilder(text.length() + 16);
        text.lines()
                .forEach(line -> all.append('<')
                        .append(priority)
                        .append('>')
                        .append(line)
                        .append('\n'));
        return all.toString();
    }

    private static int priority(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return 3;
        }
        if (level.isGreaterOrEqual(Level.WARN)) {
            return 4;
        }
        return level.isGreaterOrEqual(Level.INFO) ? 6 : 7;
    }
}
