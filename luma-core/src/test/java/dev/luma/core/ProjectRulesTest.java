package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectRulesTest {

    private static final String LONGEST_LABEL = "a".repeat(63);
    private static final String DIGEST = "@sha256:" + "0123456789abcdef".repeat(4);

    private static void assertFine(Optional<String> complaint) {
        assertEquals(Optional.empty(), complaint);
    }

    private static void assertWrong(Optional<String> complaint) {
        assertTrue(complaint.isPresent());
    }

    static Stream<String> goodNames() {
        return Stream.of("a", "7", "my-app", "a--b", "0x", LONGEST_LABEL);
    }

    @ParameterizedTest
    @MethodSource("goodNames")
    void goodName(String name) {
        assertFine(ProjectRules.name(name));
    }

    static Stream<String> badNames() {
        return Stream.of("", "-a", "a-", "A", "my_app", "my.app", "my app", "äpp", "a\n", LONGEST_LABEL + "a");
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void badName(String name) {
        assertWrong(ProjectRules.name(name));
    }

    static Stream<String> goodHostnames() {
        return Stream.of(
                "localhost",
                "myapp.localhost",
                "a.b.c.example",
                "my_app.example",
                "127.0.0.1",
                "xn--bcher-kva.example",
                String.join(".", LONGEST_LABEL, LONGEST_LABEL, LONGEST_LABEL, "a".repeat(61)));
    }

    @ParameterizedTest
    @MethodSource("goodHostnames")
    void goodHostname(String hostname) {
        assertFine(ProjectRules.hostname(hostname));
    }

    static Stream<String> badHostnames() {
        return Stream.of(
                "",
                ".",
                "a.",
                ".a",
                "a..b",
                "A.localhost",
                "http://a",
                "a:8080",
                "a/b",
                "*.a",
                "-a.b",
                "a-.b",
                "bücher.example",
                "a b",
                "[::1]",
                "a\n",
                LONGEST_LABEL + "a.example",
                String.join(".", LONGEST_LABEL, LONGEST_LABEL, LONGEST_LABEL, "a".repeat(62)));
    }

    @ParameterizedTest
    @MethodSource("badHostnames")
    void badHostname(String hostname) {
        assertWrong(ProjectRules.hostname(hostname));
    }

    @ParameterizedTest
    @CsvSource({
        "MyApp.LocalHost, myapp.localhost",
        "myapp.localhost., myapp.localhost",
        "a.., a.",
        "ISTANBUL.example, istanbul.example",
        "a, a",
        "'', ''",
        "., ''",
    })
    void theCanonicalHostnameIsLowerCaseWithoutTheTrailingDot(String given, String expected) {
        assertEquals(expected, ProjectRules.canonicalHostname(given));
    }

    static Stream<String> goodImages() {
        return Stream.of(
                "nginx",
                "nginx:1.27",
                "nginxdemos/hello",
                "a_b/c__d/e.f-g---h:Tag_1.0-x",
                "localhost/app",
                "localhost:5000/app",
                "127.0.0.1:5000/team/app:2",
                "registry.example/team/app:2",
                "Registry.Example/team/app",
                "nginx" + DIGEST,
                "nginx:1.27" + DIGEST,
                "a:" + "t".repeat(128));
    }

    @ParameterizedTest
    @MethodSource("goodImages")
    void goodImage(String image) {
        assertFine(ProjectRules.image(image));
    }

    static Stream<String> badImages() {
        return Stream.of(
                "",
                " nginx",
                "Nginx",
                "nginx:",
                "nginx:-a",
                "nginx@sha256:12",
                "nginx:1:2",
                "a..b",
                "a//b",
                "a/-b",
                "a/b-",
                "a._b",
                "a___b",
                "/a",
                "a/",
                "-registry/app",
                "registry..example/app",
                "registry:port/app",
                "https://registry.example/app",
                "a b",
                "nginx\n",
                "--privileged",
                "a:" + "t".repeat(129),
                "a/".repeat(256) + "a");
    }

    @ParameterizedTest
    @MethodSource("badImages")
    void badImage(String image) {
        assertWrong(ProjectRules.image(image));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 80, 65535})
    void goodPort(int port) {
        assertFine(ProjectRules.port(port));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65536})
    void badPort(int port) {
        assertWrong(ProjectRules.port(port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "_a", "APP_ENV", "spring.main", "a-b", "A1"})
    void goodVariable(String name) {
        assertFine(ProjectRules.env(Map.of(name, "any = value\nwith ünicode")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1A", "A=B", "A B", "Ä", "A\n", "-a"})
    void badVariable(String name) {
        assertWrong(ProjectRules.env(Map.of("GOOD", "", name, "")));
    }

    @Test
    void aVariableHasNoNulCharacter() {
        assertEquals(Optional.of("has a NUL character in the value of \"A\""), ProjectRules.env(Map.of("A", "b\0c")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT20S", "P365D"})
    void goodIdleTimeout(Duration timeout) {
        assertFine(ProjectRules.idleTimeout(timeout));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-20S", "PT0S", "PT0.999S", "P365DT0.001S"})
    void badIdleTimeout(Duration timeout) {
        assertWrong(ProjectRules.idleTimeout(timeout));
    }

    static Stream<String> goodPaths() {
        return Stream.of("/", "/healthz", "/a/b.php?full=1&x=%20", "/" + "a".repeat(1023));
    }

    @ParameterizedTest
    @MethodSource("goodPaths")
    void goodReadinessPath(String path) {
        assertFine(ProjectRules.readinessPath(path));
    }

    static Stream<String> badPaths() {
        return Stream.of(
                "",
                "healthz",
                "http://a/",
                "*",
                "/a b",
                "/a#b",
                "/ä",
                "/a\n",
                "/\r\nX: y",
                "/\0",
                "/" + "a".repeat(1024));
    }

    @ParameterizedTest
    @MethodSource("badPaths")
    void badReadinessPath(String path) {
        assertWrong(ProjectRules.readinessPath(path));
    }

    @Test
    void aLimitOfBodiesIsNoLessThanZero() {
        assertFine(ProjectRules.maxRequestBody(0));
        assertFine(ProjectRules.maxRequestBody(Long.MAX_VALUE));
        assertWrong(ProjectRules.maxRequestBody(-1));
    }

    @Test
    void aProjectThatBreaksARuleCannotBeMade() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Samples.draft("My App", "a.localhost"));
        assertTrue(refused.getMessage().startsWith("name must be 1 to 63 lower-case letters"));
    }
}
