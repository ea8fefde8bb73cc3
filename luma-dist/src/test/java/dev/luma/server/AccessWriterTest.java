package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Ticker;
import dev.luma.proxy.AccessLog;
import dev.luma.proxy.AccessRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessWriterTest {

    @TempDir
    private Path directory;

    private long now;

    private final Ticker ticker = new Ticker() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(0, now);
        }
    };

    private final AccessLog log = AccessLog.on(1);

    private void put(String client) {
        AccessRecord record = new AccessRecord();
        record.client = client;
        record.endedNanos = now;
        log.rings().get(0).offer(record);
    }

    private AccessWriter writer(Path path) throws IOException {
        log.addRing();
        AccessWriter writer = new AccessWriter(log, AccessFormat.json(), path, ticker);
        writer.open();
        return writer;
    }

    @Test
    void writesWhenARequestEndedAndNotWhenItIsWritten() throws Exception {
        Path file = directory.resolve("access.log");
        try (AccessWriter writer = writer(file)) {
            now = Duration.ofSeconds(5).toNanos();
            put("a");
            now = Duration.ofSeconds(7).toNanos();
            writer.turn();
        }
        assertTrue(Files.readString(file).startsWith("{\"time\":\"1970-01-01T00:00:05.000Z\",\"client\":\"a\""));
    }

    @Test
    void goesOnInANewFileWhenTheOldOneIsMovedAway() throws Exception {
        Path file = directory.resolve("access.log");
        Path old = directory.resolve("access.log.1");
        try (AccessWriter writer = writer(file)) {
            put("a");
            writer.turn();
            Files.move(file, old);
            now += Duration.ofSeconds(1).toNanos();
            put("b");
            writer.turn();
        }
        assertTrue(Files.readString(old).contains("\"client\":\"a\""));
        assertEquals(1, Files.readString(old).lines().count());
        assertTrue(Files.readString(file).contains("\"client\":\"b\""));
    }

    /** Every write to this device fails as if the disk were full. */
    @Test
    void outlivesAFullDisk() throws Exception {
        Path file = directory.resolve("access.log");
        Files.createSymbolicLink(file, Path.of("/dev/full"));
        try (AccessWriter writer = writer(file)) {
            put("a");
            writer.turn();
            assertEquals(1, writer.lost());
            Files.delete(file);
            now += Duration.ofSeconds(1).toNanos();
            put("b");
            writer.turn();
            assertEquals(1, writer.lost());
        }
        assertEquals(1, Files.readString(file).lines().count());
    }

    @Test
    void countsWhatTheRingHadNoRoomFor() throws Exception {
        Path file = directory.resolve("access.log");
        try (AccessWriter writer = writer(file)) {
            put("a");
            put("b");
            writer.turn();
            assertEquals(1, writer.lost());
        }
        assertEquals(1, Files.readString(file).lines().count());
    }

    private void put(String host, int status) {
        AccessRecord record = new AccessRecord();
        byte[] octets = host.getBytes(StandardCharsets.US_ASCII);
        record.put(AccessRecord.Text.HOST, octets, 0, octets.length);
        record.status = status;
        log.rings().get(0).offer(record);
    }

    /** Once, as Luma asks itself once: whoever else uses its name is written down. */
    @Test
    void leavesOutLumasOwnFirstRequest() throws Exception {
        Path file = directory.resolve("access.log");
        try (AccessWriter writer = writer(file)) {
            for (String host : List.of("some.invalid", WarmUp.HOST, WarmUp.HOST)) {
                put(host, 404);
                writer.turn();
            }
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(2, lines.size());
        assertTrue(lines.get(0).contains("\"host\":\"some.invalid\""));
        assertTrue(lines.get(1).contains("\"host\":\"luma.invalid\""));
    }

    @Test
    void leavesOutNothingThatWentToAnApp() throws Exception {
        Path file = directory.resolve("access.log");
        try (AccessWriter writer = writer(file)) {
            put(WarmUp.HOST, 200);
            writer.turn();
        }
        assertEquals(1, Files.readString(file).lines().count());
    }

    @Test
    void writesWhatIsLeftWhenItIsClosed() throws Exception {
        Path file = directory.resolve("access.log");
        try (AccessWriter writer = writer(file)) {
            writer.start();
            put("a");
        }
        assertEquals(1, Files.readString(file).lines().count());
    }
}
