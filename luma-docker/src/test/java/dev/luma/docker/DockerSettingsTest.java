package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerSettingsTest {

    @ParameterizedTest
    @ValueSource(strings = {"unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", "tcp://engine.example:2375"})
    void takesUnixSocketsAndPorts(String host) {
        assertEquals(host, DockerSettings.of(host, "me").host().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/var/run/docker.sock", "unix://", "tcp://engine", "npipe:////./pipe/x", "ssh://a:1", "a b"})
    void refusesTheRestByName(String host) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> DockerSettings.of(host, "me"));
        assertEquals(
                "docker_host is \"" + host + "\"; it must be unix:///path/to/socket (such as"
                        + " unix:///var/run/docker.sock) or tcp://host:port",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void needsAnOwner(String owner) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> DockerSettings.of("unix:///var/run/docker.sock", owner));
        assertEquals("owner must not be blank", refused.getMessage());
    }
}
