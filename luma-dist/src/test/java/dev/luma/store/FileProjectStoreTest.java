package dev.luma.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.HttpGet;
import dev.luma.core.Project;
import dev.luma.core.Source;
import dev.luma.core.Waking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileProjectStoreTest {

    private static final Instant BORN = Instant.parse("2026-01-31T12:00:00.123456Z");

    @TempDir
    private Path directory;

    private StateDirectory state;
    private FileProjectStore store;

    @BeforeEach
    void open() throws IOException {
        state = StateDirectory.open(directory.resolve("state"));
        store = FileProjectStore.in(state);
    }

    @AfterEach
    void close() throws IOException {
        state.close();
    }

    @Test
    void keepsEverythingOfAProject() throws IOException {
        Map<String, String> env = Map.of("B", "line\nbreak \"quoted\" \u00e4\u20ac", "A", "");
        Project full = Project.draft("shop", "shop.example", "registry.example/shop:2", 3000, env, Optional.empty())
                .withWaking(new Waking(
                        Optional.of(Duration.ofMillis(1_500)),
                        Optional.of(new HttpGet("/healthz?a=b")),
                        Waking.Sleep.PAUSE,
                        Optional.of(Duration.ofMinutes(7)),
                        true,
                        Waking.ColdStart.PAGE,
                        true))
                .withMaxRequestBody(Optional.of(10L << 20))
                .asRevision(7, BORN, BORN.plusSeconds(60));
        Project plain = project("plain", "plain.localhost");
        Project external = Project.draft("nas", "nas.localhost", new Source.External("fd00::7", 5000), Optional.empty())
                .asRevision(2, BORN, BORN);
        store.save(full);
        store.save(plain);
        store.save(external);
        assertEquals(
                Set.of(full, plain, external),
                new HashSet<>(FileProjectStore.in(state).load()));
    }

    @Test
    void writesWhatAPersonCanRead() throws IOException {
        store.save(project("shop", "shop.localhost"));
        assertEquals("""
                {
                  "format" : 1,
                  "name" : "shop",
                  "hostname" : "shop.localhost",
                  "docker_image" : "nginx",
                  "container_port" : 80,
                  "env_vars" : {
                    "APP_ENV" : "development"
                  },
                  "revision" : 1,
                  "created_at" : "2026-01-31T12:00:00.123456Z",
                  "updated_at" : "2026-01-31T12:00:00.123456Z"
                }""", Files.readString(file("shop.json")));
    }

    @Test
    void writesWhatSaysThatAnAppIsReadyAsTheApiTakesIt() throws IOException {
        store.save(project("shop", "shop.localhost")
                .withWaking(Waking.USUAL.withReadiness(Optional.of(new HttpGet("/healthz")))));
        assertTrue(Files.readString(file("shop.json")).contains("""
                  "readiness" : {
                    "http_get" : {
                      "path" : "/healthz"
                    }
                  },
                """), Files.readString(file("shop.json")));
    }

    @Test
    void replacesAndForgets() throws IOException {
        store.save(project("shop", "shop.localhost"));
        store.save(project("shop", "other.localhost"));
        assertEquals(List.of(project("shop", "other.localhost")), List.copyOf(store.load()));
        store.delete("shop");
        store.delete("shop");
        assertEquals(List.of(), List.copyOf(store.load()));
        assertEquals(List.of(), files());
    }

    @Test
    void onlyTheOwnerCanReadIt() throws IOException {
        store.save(project("shop", "shop.localhost"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file("shop.json"))));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file("."))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "{",
                "[]",
                "{}",
                "{} {}",
                "{'format': 2}",
                "{'format': 1, 'name': 'broken'}",
                "{'surprise': 1}",
                "{'name': 1}",
                "{'container_port': '80'}",
                "{'container_port': 99999999999}",
                "{'env_vars': {'A': 1}}",
                "{'name': 'a', 'name': 'b'}",
                "FULL{'name': 'Not A Name'}",
                "FULL{'created_at': 'yesterday'}",
                "FULL{'idle_timeout': 'soon'}",
                "FULL{'max_request_body': 'much'}",
                "FULL{'readiness': '/healthz'}",
                "FULL{'readiness': {}}",
                "FULL{'readiness': {'tcp': {'path': '/'}}}",
                "FULL{'readiness': {'http_get': '/'}}",
                "FULL{'readiness': {'http_get': {'path': 7}}}",
                "FULL{'readiness': {'http_get': {'path': 'healthz'}}}",
                "FULL{'readiness': {'http_get': {'path': '/', 'port': 1}}}",
                "FULL{'readiness': {'http_get': {'path': '/'}, 'tcp': {}}}",
                "FULL{'name': 'other'}",
                "FULL{'hostname': 'shop.localhost'}",
            })
    void oneBrokenFileDoesNotKeepTheOthersFromLoading(String text) throws IOException {
        store.save(project("shop", "shop.localhost"));
        String broken = text.startsWith("FULL") ? full(text.substring(4)) : text.replace('\'', '"');
        // Sorted after shop.json, so that it is the one that comes too late with a taken hostname.
        Files.writeString(file("zzz.json"), broken);
        assertEquals(List.of(project("shop", "shop.localhost")), List.copyOf(store.load()));
        assertEquals(broken, Files.readString(file("zzz.json")));
    }

    @Test
    void aBrokenFileIsSetAsideWhenItsNameIsRegisteredAgain() throws IOException {
        Files.writeString(file("shop.json"), "mine");
        store.load();
        store.save(project("shop", "shop.localhost"));
        assertEquals("mine", Files.readString(file("shop.json.unreadable")));
        assertEquals(1, store.load().size());
    }

    @Test
    void whatACrashLeftIsCleanedUp() throws IOException {
        store.save(project("shop", "shop.localhost"));
        Files.writeString(file("shop.json.tmp"), "half of a proj");
        Files.writeString(file("notes.txt"), "mine");
        assertEquals(1, store.load().size());
        assertEquals(List.of("notes.txt", "shop.json"), files());
    }

    @Test
    void anErrorLeavesTheOldValue() throws IOException {
        store.save(project("shop", "shop.localhost"));
        Files.createDirectory(file("shop.json.tmp"));
        assertThrows(IOException.class, () -> store.save(project("shop", "other.localhost")));
        assertTrue(Files.readString(file("shop.json")).contains("shop.localhost"));
    }

    @ParameterizedTest
    @CsvSource({"../owner", "a/b", "''", "UPPER"})
    void neverLeavesItsDirectory(String name) {
        assertThrows(IllegalArgumentException.class, () -> store.delete(name));
    }

    @Test
    void tenThousandAreLoaded() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            Files.write(file("p" + i + ".json"), ProjectJson.write(project("p" + i, "p" + i + ".localhost")));
        }
        assertEquals(10_000, store.load().size());
    }

    private static String full(String change) {
        String name = change.contains("'name'") ? "" : "'name': 'zzz', ";
        String hostname = change.contains("'hostname'") ? "" : "'hostname': 'zzz.localhost', ";
        String created = change.contains("'created_at'") ? "" : "'created_at': '2026-01-31T12:00:00Z', ";
        return ("{'format': 1, " + name + hostname + created + "'docker_image': 'nginx', 'container_port': 80,"
                        + " 'env_vars': {}, 'revision': 1, 'updated_at': '2026-01-31T12:00:00Z', "
                        + change.substring(1))
                .replace('\'', '"');
    }

    private static Project project(String name, String hostname) {
        return Project.draft(name, hostname, "nginx", 80, Map.of("APP_ENV", "development"), Optional.empty())
                .asRevision(1, BORN, BORN);
    }

    private Path file(String name) {
        return directory.resolve("state/projects").resolve(name).normalize();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(file("."))) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
