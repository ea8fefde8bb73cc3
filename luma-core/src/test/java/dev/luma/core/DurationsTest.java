package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "0, PT0S",
        "20, PT20S",
        "20s, PT20S",
        "'20 s', PT20S",
        "' 5m ', PT5M",
        "2h, PT2H",
        "1d, PT24H",
        "999999999d, PT23999999976H",
    })
    void aDurationIsReadAsUsersWriteIt(String text, Duration expected) {
        assertEquals(Optional.of(expected), Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "s", "-1s", "+1s", "1.5s", "20S", "1w", "1m30s", "1 0s", "9999999999", "٣s", "PT5S"})
    void whatIsNoDurationIsNotRead(String text) {
        assertEquals(Optional.empty(), Durations.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1ms",
        "999, 999ms",
        "1000, 1s",
        "1500, 1500ms",
        "59000, 59s",
        "60000, 1m",
        "90000, 90s",
        "3600000, 1h",
        "5400000, 90m",
        "86400000, 1d",
        "90000000, 25h",
    })
    void aDurationIsWrittenShortlyAndReadBackAsTheSame(long millis, String expected) {
        Duration duration = Duration.ofMillis(millis);
        assertEquals(expected, Durations.format(duration));
        assertEquals(Optional.of(duration), Durations.parse(expected));
    }
}
