package dev.luma.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.luma.config.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Sets logging up in code, which is quicker at start than reading XML: lines on standard output, written by a thread of
 * their own so that a terminal that does not take them stops nobody. Found by Logback as a service; steps back where
 * {@code logback.configurationFile} names another configuration.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    private static final String OWN = "dev.luma";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (isOverridden()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        LineEncoder encoder = new LineEncoder(outputIsJournal());
        encoder.setContext(context);
        encoder.start();

        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();

        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(1_024);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.addAppender(console);
        queue.start();

        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(queue);
        setLevel(context, LogLevel.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static boolean isOverridden() {
        return System.getProperty("logback.configurationFile") != null;
    }

    /** Logs what is at least as serious as the level; libraries say more than warnings at {@code trace} only. */
    static void setLevel(LogLevel level) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context && !isOverridden()) {
            setLevel(context, level);
        }
    }

    /** Writes out what is still queued. */
    static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    private static void setLevel(LoggerContext context, LogLevel level) {
        Level own = Level.valueOf(level.name());
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level == LogLevel.TRACE || own.isGreaterOrEqual(Level.WARN) ? own : Level.WARN);
        context.getLogger(OWN).setLevel(own);
    }

    /** Whether standard output is the stream that systemd names (systemd.exec(5)): it may have been redirected since. */
    private static boolean outputIsJournal() {
        String stream = System.getenv("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        try {
            Path output = Path.of("/proc/self/fd/1");
            return stream.equals(Files.getAttribute(output, "unix:dev") + ":" + Files.getAttribute(output, "unix:ino"));
        } catch (IOException | UnsupportedOperationException notLinux) {
            return false;
        }
    }
}
