package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryReserveTest {

    private static final long TOTAL = 8_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "5%,    5%,   400000000",
        "' 5 %', 5%,  400000000",
        "100%,  100%, 8000000000",
        "0%,    0%,   0",
        "0,     0,    0",
        "512m,  512m, 536870912",
        "2g,    2g,   2147483648",
        "1000g, 1000g, 1073741824000",
    })
    void isASizeOrAShare(String text, String plain, long octets) {
        MemoryReserve reserve = MemoryReserve.parse(text).orElseThrow();
        assertEquals(plain, reserve.format());
        assertEquals(Optional.of(reserve), MemoryReserve.parse(plain));
        assertEquals(octets, reserve.of(TOTAL));
        assertEquals(octets == 0, reserve.isNone());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "101%", "-5%", "0.5%", "5%%", "5 percent", "much", "2000000g"})
    void isNothingElse(String text) {
        assertEquals(Optional.empty(), MemoryReserve.parse(text));
    }

    @Test
    void isALittleByDefault() {
        assertEquals("5%", MemoryReserve.DEFAULT.format());
    }
}
