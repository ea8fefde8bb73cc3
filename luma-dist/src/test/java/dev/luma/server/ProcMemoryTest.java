package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.HostMemory.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcMemoryTest {

    private static final String AMOUNTS = """
            MemTotal:       24684096 kB
            MemFree:        23072248 kB
            MemAvailable:   24159944 kB
            SwapTotal:             0 kB
            """;

    private static final String STALLS = """
            some avg10=12.34 avg60=1.00 avg300=0.50 total=123
            full avg10=99.00 avg60=99.00 avg300=99.00 total=456
            """;

    @TempDir
    private Path proc;

    @Test
    void readsWhatTheKernelTells() throws IOException {
        Files.writeString(proc.resolve("meminfo"), AMOUNTS);
        Files.createDirectory(proc.resolve("pressure"));
        Files.writeString(proc.resolve("pressure/memory"), STALLS);
        assertEquals(
                Optional.of(new Reading(24_684_096L << 10, 24_159_944L << 10, OptionalDouble.of(12.34))),
                new ProcMemory(proc).read());
    }

    @Test
    void doesWithoutTheStalls() throws IOException {
        Files.writeString(proc.resolve("meminfo"), AMOUNTS);
        // As of a kernel that has the file and refuses to read it.
        Files.createDirectories(proc.resolve("pressure/memory"));
        assertEquals(
                OptionalDouble.empty(),
                new ProcMemory(proc).read().orElseThrow().stalled());
    }

    @Test
    void knowsNothingOfAnotherSystem() {
        assertEquals(Optional.empty(), new ProcMemory(proc.resolve("nothing")).read());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "MemTotal: 2 kB~MemAvailable: 1 kB~  | 2048 1024",
                "MemTotal: 2 kB~MemFree: 1 kB~       | -",
                "MemAvailable: 1 kB~                 | -",
                "XMemTotal: 2 kB~MemAvailable: 1 kB~ | -",
                "MemTotal: 2 MB~MemAvailable: 1 kB~  | -",
                "MemTotal: -2 kB~MemAvailable: 1 kB~ | -",
                "MemTotal: 9999999999999999999 kB~MemAvailable: 1 kB~ | -",
                "~                                   | -",
            })
    void needsBothAmounts(String amounts, String expected) {
        assertEquals(
                Optional.ofNullable(expected),
                ProcMemory.parse(amounts.replace("~", "\n"), "")
                        .map(reading -> reading.total() + " " + reading.available()));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "some avg10=0.00 avg60=0.00 avg300=0.00 total=0 | 0",
                "some avg10=100 avg60=0.00 avg300=0.00 total=0  | 100",
                "full avg10=7.00 avg60=0.00 avg300=0.00 total=0 | -",
                "some avg60=7.00 avg300=0.00 total=0            | -",
                "some avg10=nan avg60=0.00                      | -",
                "some avg10=1.2.3 avg60=0.00                    | -",
                "''                                             | -",
            })
    void findsTheShareInWhichSomebodyWaited(String stalls, Double expected) {
        OptionalDouble stalled = ProcMemory.parse(AMOUNTS, stalls).orElseThrow().stalled();
        assertEquals(expected, stalled.isPresent() ? Double.valueOf(stalled.getAsDouble()) : null);
    }

    /** On Linux, where the tests run. */
    @Test
    void readsThisMachine() {
        Reading reading = new ProcMemory(ProcMemory.PROC).read().orElseThrow();
        assertTrue(reading.available() > 0 && reading.available() <= reading.total(), reading::toString);
    }
}
