package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "1k, 1024",
        "1K, 1024",
        "32kb, 32768",
        "' 256 m ', 268435456",
        "2G, 2147483648",
        "100b, 100",
        "999999999999999, 999999999999999",
    })
    void aSizeIsReadAsUsersWriteIt(String text, long expected) {
        assertEquals(Optional.of(expected), Sizes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "k", "-1", "+1", "1.5m", "1t", "1kk", "1 0", "٣", "9999999999999999", "99999999999g"})
    void whatIsNoSizeIsNotRead(String text) {
        assertEquals(Optional.empty(), Sizes.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1023, 1023", "1024, 1k", "1025, 1025", "1536, 1536", "1048576, 1m", "3221225472, 3g"})
    void aSizeIsWrittenShortlyAndReadBackAsTheSame(long octets, String expected) {
        assertEquals(expected, Sizes.format(octets));
        assertEquals(Optional.of(octets), Sizes.parse(expected));
    }
}
