package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:3000", "nas.lan:5000", "[::1]:80", "[2001:db8::7]:65535", "my_host:1"})
    void anUpstreamIsAHostAndAPort(String text) {
        assertEquals(text, Source.External.parse(text).orElseThrow().toString());
        assertEquals(Optional.empty(), ProjectRules.upstream(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nas",
                "nas:",
                ":80",
                "nas:0",
                "nas:65536",
                "nas:080",
                "nas:80/",
                "http://nas:80",
                "::1:80",
                "[::1]",
                "[nas]:80",
                "1.2.3:80",
                "1.2.3.999:80",
                "a b:80",
                "user@nas:80",
                "[fe80::1%1]:80",
            })
    void anythingElseIsNone(String text) {
        assertEquals(Optional.empty(), Source.External.parse(text));
        assertEquals(true, ProjectRules.upstream(text).isPresent());
    }

    @Test
    void whatLumaDoesNotRunHasNoIdleTimeout() {
        Source nas = new Source.External("nas.lan", 80);
        assertThrows(
                IllegalArgumentException.class,
                () -> Project.draft("nas", "nas.localhost", nas, Optional.of(Duration.ofSeconds(5))));
    }
}
