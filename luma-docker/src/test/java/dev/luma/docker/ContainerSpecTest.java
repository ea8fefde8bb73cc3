package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Project;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {

    @Test
    void tellsTheAppItsPort() {
        assertEquals(List.of("A=1", "PORT=80"), spec(Map.of("A", "1")).environment());
    }

    @Test
    void leavesAPortThatTheUserSet() {
        assertEquals(List.of("PORT=9999"), spec(Map.of("PORT", "9999")).environment());
    }

    @Test
    void keepsEmptyAndOddValues() {
        assertEquals(
                List.of("A=", "B=x=y z\n", "PORT=80"),
                spec(Map.of("A", "", "B", "x=y z\n")).environment());
    }

    @Test
    void labelsTheContainer() {
        Map<String, String> labels = Labels.of("me", project(Map.of()), "app-x-1");
        assertEquals(
                Map.of(
                        "dev.luma.owner", "me",
                        "dev.luma.project", "app",
                        "dev.luma.revision", "7",
                        "dev.luma.instance", "app-x-1"),
                labels);
        assertTrue(Labels.ownedBy("me", labels));
        assertFalse(Labels.ownedBy("you", labels));
        assertFalse(Labels.ownedBy("me", null));
        assertFalse(Labels.ownedBy("me", Map.of()));
        assertEquals(Optional.of("app-x-1"), Labels.instance(labels));
        assertEquals(Optional.empty(), Labels.instance(null));
    }

    @Test
    void namesTheContainerAfterTheInstance() {
        assertEquals("luma-app-x-1", ContainerSpec.name("app-x-1"));
    }

    private static ContainerSpec spec(Map<String, String> env) {
        return new ContainerSpec("me", "app-x-1", project(env), new Place.Network("luma-me"));
    }

    private static Project project(Map<String, String> env) {
        return Project.draft("app", "app.localhost", "nginx", 80, env, Optional.empty())
                .asRevision(7, Instant.EPOCH, Instant.EPOCH);
    }
}
