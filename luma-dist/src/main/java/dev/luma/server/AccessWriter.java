package dev.luma.server;

import dev.luma.core.Ticker;
import dev.luma.proxy.AccessLog;
import dev.luma.proxy.AccessRecord;
import dev.luma.proxy.AccessRing;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log, on a thread of its own: looks for records a few times a second, so that no request has to wake
 * it. What cannot be written is given up and counted; a file that was moved away is made anew.
 */
final class AccessWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccessWriter.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Duration LAST_WRITES = Duration.ofSeconds(2);
    private static final int BATCH = 64 * 1024;
    private static final int NOBODYS = 404;

    private final AccessLog log;
    private final AccessFormat format;
    private final @Nullable Path path;
    private final Ticker ticker;
    private final LineBuffer lines = new LineBuffer();

    private @Nullable WritableByteChannel out;
    private @Nullable Object fileKey;
    private long lookedNanos;
    private boolean failing;
    private boolean midLine;
    private boolean warm;
    private long linesInBuffer;
    private long unwritten;
    private long lostTold;
    private boolean told;
    private long toldNanos;
    private volatile boolean stopping;
    private @Nullable Thread thread;

    /** @param path the file to append to; null for standard output */
    AccessWriter(AccessLog log, AccessFormat format, @Nullable Path path, Ticker ticker) {
        this.log = log;
        this.format = format;
        this.path = path;
        this.ticker = ticker;
    }

    /** Opens the file, so that a path that cannot be written is told at once. */
    void open() throws IOException {
        Path file = path;
        lookedNanos = ticker.nanos();
        if (file == null) {
            out = new WholeLines(
                    new FileOutputStream(FileDescriptor.out).getChannel()); // Luma's own log goes there too
            return;
        }
        out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        fileKey = key(file);
    }

    void start() {
        Thread writer = Threads.named("luma-access-log").newThread(this::run);
        thread = writer;
        writer.start();
    }

    private void run() {
        while (!stopping) {
            turn();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        turn();
    }

    /** Writes what there is. */
    void turn() {
        long now = ticker.nanos();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            reopenIfMoved();
        }
        // Between two readings of one moment, so that a record's time on the wall follows from its own reading.
        long wallMillis = ticker.instant().toEpochMilli();
        for (AccessRing ring : log.rings()) {
            for (AccessRecord next = ring.peek(); next != null; next = ring.peek()) {
                if (!isWarmUp(next)) {
                    long ago = TimeUnit.NANOSECONDS.toMillis(now - next.endedNanos);
                    format.append(next, wallMillis - ago, lines);
                    linesInBuffer++;
                }
                ring.release();
                if (lines.length() >= BATCH) {
                    write();
                }
            }
        }
        write();
        tellOfLosses(now);
    }

    /** Whether it is Luma's own first request. There is one, so nobody else goes unseen for long by using its name. */
    private boolean isWarmUp(AccessRecord record) {
        if (warm
                || record.status != NOBODYS
                || record.kept(AccessRecord.Text.HOST) != WarmUp.HOST.length()
                || !record.string(AccessRecord.Text.HOST).equals(WarmUp.HOST)) {
            return false;
        }
        warm = true;
        return true;
    }

    private void write() {
        if (lines.length() == 0) {
            return;
        }
        ByteBuffer content = lines.content();
        try {
            WritableByteChannel to = out;
            if (to == null) {
                throw new IOException("it is not open");
            }
            if (midLine) {
                to.write(ByteBuffer.wrap(new byte[] {'\n'})); // what came before was cut by a failure
                midLine = false;
            }
            while (content.hasRemaining()) {
                to.write(content);
            }
            if (failing) {
                failing = false;
                LOG.info("The access log is written again");
            }
        } catch (IOException failed) {
            midLine |= content.position() > 0;
            unwritten += linesInBuffer;
            if (!failing) {
                failing = true;
                LOG.warn("The access log cannot be written, so its lines are lost for now: {}", failed.toString());
            }
        }
        lines.clear();
        linesInBuffer = 0;
    }

    private void reopenIfMoved() {
        Path file = path;
        if (file == null || (out != null && Objects.equals(key(file), fileKey))) {
            return;
        }
        closeFile();
        midLine = false;
        try {
            open();
        } catch (IOException failed) {
            LOG.debug("The access log cannot be opened", failed); // the next line warns, once
        }
    }

    private static @Nullable Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException gone) {
            return null;
        }
    }

    private void tellOfLosses(long now) {
        long lost = lost();
        if (lost > lostTold && (!told || now - toldNanos >= WARN_NANOS)) {
            LOG.warn("The access log lacks {} requests", lost - lostTold);
            told = true;
            toldNanos = now;
            lostTold = lost;
        }
    }

    /** How many requests have no line: the ring was full, or the line could not be written. */
    long lost() {
        long lost = unwritten;
        for (AccessRing ring : log.rings()) {
            lost += ring.dropped();
        }
        return lost;
    }

    private void closeFile() {
        WritableByteChannel open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failed) {
                LOG.debug("The access log does not close", failed);
            }
        }
    }

    /** Writes what is left, unless that takes too long. */
    @Override
    public void close() {
        stopping = true;
        Thread writer = thread;
        if (writer != null) {
            LockSupport.unpark(writer);
            try {
                writer.join(LAST_WRITES.toMillis());
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
        if (path != null) {
            closeFile();
        }
    }
}
