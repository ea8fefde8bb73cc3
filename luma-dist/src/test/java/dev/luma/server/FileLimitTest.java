package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.proxy.ProxySettings.Connections;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileLimitTest {

    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max core file size        0                    unlimited            bytes
            Max open files            %s               524288               files
            Max locked memory         67108864             67108864             bytes
            """;

    /** Two descriptors for each client, and some for everything else. */
    @ParameterizedTest
    @CsvSource({
        "1048576, 50000",
        "100256, 50000",
        "100255, 49999",
        "4096, 1920",
        "1024, 384",
        "128, 16",
        "2, 1",
    })
    void aSmallLimitOfFilesLowersTheNumberOfConnections(int files, int most) {
        assertEquals(new Connections(most, 7, files), FileLimit.fit(new Connections(50_000, 7, 0), files));
    }

    @Test
    void whoeverWantsFewerGetsThem() {
        assertEquals(new Connections(10, 0, 1_024), FileLimit.fit(new Connections(10, 0, 0), 1_024));
    }

    @Test
    void theLimitIsReadAsTheKernelTellsIt() {
        assertEquals(OptionalInt.of(1_024), FileLimit.soft(LIMITS.formatted("1024")));
        assertEquals(OptionalInt.empty(), FileLimit.soft(LIMITS.formatted("unlimited")));
        assertEquals(OptionalInt.empty(), FileLimit.soft(LIMITS.formatted("9223372036854775807")));
        assertEquals(OptionalInt.empty(), FileLimit.soft("something else"));
    }
}
