package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProjectTest {

    private final Project shop = Samples.shop();

    @Test
    void theHostnameAndHowItSleepsAndWakesDoNotChangeHowItRuns() {
        assertTrue(shop.runsLike(Samples.withHostname(shop, "store.localhost")));
        assertTrue(shop.runsLike(Samples.withIdleTimeout(shop, Duration.ofSeconds(5))));
        assertTrue(shop.runsLike(shop.withMaxRequestBody(Optional.of(5L))));
        assertTrue(shop.runsLike(Samples.withReadiness(shop, "/healthz")));
        assertTrue(shop.runsLike(shop.withWaking(Waking.USUAL.withColdStart(Waking.ColdStart.PAGE))));
    }

    @Test
    void theImageThePortAndTheEnvironmentDo() {
        assertFalse(shop.runsLike(Samples.withImage(shop, "nginx:1.28")));
        assertFalse(shop.runsLike(other(81, shop.container().env())));
        assertFalse(shop.runsLike(other(80, Map.of("MODE", "other"))));
    }

    @Test
    void theRevisionAndTheDatesAreNoSettings() {
        assertTrue(shop.hasSettingsOf(
                shop.asRevision(9, SimulatedTime.START.plusSeconds(1), SimulatedTime.START.plusSeconds(2))));
        assertFalse(shop.hasSettingsOf(Samples.withHostname(shop, "store.localhost")));
        assertFalse(shop.hasSettingsOf(shop.withMaxRequestBody(Optional.of(5L))));
        assertFalse(shop.hasSettingsOf(Samples.withReadiness(shop, "/healthz")));
        assertFalse(shop.hasSettingsOf(shop.withWaking(Waking.USUAL.withColdStart(Waking.ColdStart.PAGE))));
    }

    @Test
    void theEnvironmentIsACopy() {
        Map<String, String> env = new HashMap<>(Map.of("A", "1"));
        Project project = other(80, env);
        env.put("B", "2");
        assertEquals(Map.of("A", "1"), project.container().env());
    }

    private Project other(int port, Map<String, String> env) {
        return Project.draft(shop.name(), shop.hostname(), shop.container().image(), port, env, Optional.empty());
    }
}
