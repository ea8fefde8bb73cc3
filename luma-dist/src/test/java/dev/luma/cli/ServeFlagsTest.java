package dev.luma.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeFlagsTest {

    @Test
    void readsPlainFlags() {
        assertEquals(Optional.of(new ServeFlags(Optional.empty(), Map.of())), read("serve"));
        assertEquals(
                Optional.of(new ServeFlags(
                        Optional.of(Path.of("/etc/a=b.yaml")),
                        Map.of("proxy_port", "80", "api_port", "81", "state_dir", "/s=t"))),
                read("serve --proxy-port 80 --config=/etc/a=b.yaml --api-port=81 --state-dir /s=t"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ps",
                "--api http://127.0.0.1:1 serve",
                "serve --help",
                "serve -h",
                "serve --proxy-port",
                "serve --proxy-port --api-port 1",
                "serve --proxy-prt 1",
                "serve --proxy-port 1 --proxy-port 2",
                "serve --config a --config b",
                "serve --api http://127.0.0.1:1",
                "serve now",
            })
    void leavesTheRestToTheFullParser(String line) {
        assertEquals(Optional.empty(), read(line));
    }

    private static Optional<ServeFlags> read(String line) {
        return ServeFlags.read(line.isEmpty() ? new String[0] : line.split(" "));
    }
}
