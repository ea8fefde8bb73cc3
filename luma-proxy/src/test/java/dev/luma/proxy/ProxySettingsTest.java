package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertThrows(IllegalArgumentException.class, () -> new ProxySettings.Bounds(2_000, 2_000, 1_999, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new ProxySettings.Bounds(2_000, 2_001, 4_000, 0, 0));
    }
}
