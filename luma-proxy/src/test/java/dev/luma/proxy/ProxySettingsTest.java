package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProxySettingsTest {

    @Test
    void canListenElsewhere() {
        ProxySettings settings = ProxySettings.DEFAULTS.at("::1", 80);
        assertEquals("::1", settings.host());
        assertEquals(80, settings.port());
        assertEquals(ProxySettings.DEFAULTS, settings.at("0.0.0.0", 8080));
    }

    /** A head that may not be read as a whole would never be complete. */
    @Test
    void parkAtLeastAWholeHead() {
        Duration second = Duration.ofSeconds(1);
        assertThrows(
                IllegalArgumentException.class,
                () -> new ProxySettings("0.0.0.0", 0, 2_000, 1_999, second, second, second, second, second));
    }
}
