package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Project;
import dev.luma.core.Waking;
import dev.luma.core.Way;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeptTest {

    private static final Instant REGISTERED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Project PROJECT = project(Map.of());

    private final Place.Sandbox sandbox = new Place.Sandbox("sandbox", "1", "172.18.0.2");

    @Test
    void servesTheSettingsThatItWasMadeFor() {
        assertTrue(kept(Way.KEPT).serves(PROJECT));
        assertFalse(kept(Way.KEPT).serves(project(Map.of("A", "1"))));
    }

    @Test
    void servesLaterRevisionsThatRunAlike() {
        Project later =
                PROJECT.withMaxRequestBody(Optional.of(1L)).asRevision(2, REGISTERED, REGISTERED.plusSeconds(9));
        assertTrue(kept(Way.KEPT).serves(later));
    }

    @Test
    void servesNothingOnceItsSandboxIsDead() {
        Kept kept = kept(Way.AHEAD);
        sandbox.died();
        assertFalse(kept.serves(PROJECT));
    }

    @Test
    void whatHasRunServesNoProjectThatHasBecomeEphemeralSince() {
        Project ephemeral = PROJECT.withWaking(Waking.USUAL.withEphemeral(true));
        assertFalse(kept(Way.KEPT).serves(ephemeral));
        assertTrue(kept(Way.AHEAD).serves(ephemeral), "it has not run yet, and nobody wrote to it");
    }

    @Test
    void servesNoProjectThatWasRegisteredAnewUnderTheSameName() {
        Project another = PROJECT.asRevision(1, REGISTERED.plusMillis(1), REGISTERED.plusMillis(1));
        assertFalse(kept(Way.KEPT).serves(another));
        assertFalse(kept(Way.KEPT).isOf(another));
        assertTrue(kept(Way.KEPT).isOf(PROJECT));
    }

    private Kept kept(Way way) {
        return new Kept("app-x-1", "2", "sha256:0", PROJECT, sandbox, way, 0);
    }

    private static Project project(Map<String, String> env) {
        return Project.draft("app", "app.localhost", "app:1", 80, env, Optional.empty())
                .asRevision(1, REGISTERED, REGISTERED);
    }
}
