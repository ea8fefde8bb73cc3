package dev.luma.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Cidr;
import dev.luma.core.MemoryReserve;
import dev.luma.proxy.ProxySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {

    private static final Settings DEFAULTS = new Settings(
            ProxySettings.DEFAULTS,
            "127.0.0.1",
            8081,
            "unix:///var/run/docker.sock",
            2,
            8,
            Duration.ofHours(24),
            Path.of("/var/lib/luma"),
            Duration.ofSeconds(20),
            Duration.ofHours(1),
            new MemoryReserve(5, true),
            Duration.ofSeconds(60),
            1_000,
            10_000,
            0,
            512L << 20,
            Duration.ofSeconds(120),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            EventLoopChoice.AUTO,
            LogLevel.INFO,
            AccessLogFormat.OFF,
            "-",
            List.of());

    /** A text for each setting that is not its default. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("proxy_host", "10.0.0.1"),
            Map.entry("proxy_port", "80"),
            Map.entry("api_host", "::1"),
            Map.entry("api_port", "9081"),
            Map.entry("docker_host", "tcp://127.0.0.1:2375"),
            Map.entry("sandboxes", "16"),
            Map.entry("kept_containers", "20"),
            Map.entry("kept_timeout", "90m"),
            Map.entry("state_dir", "/srv/luma"),
            Map.entry("inactivity_timeout", "5m"),
            Map.entry("pause_timeout", "2h"),
            Map.entry("memory_reserve", "512m"),
            Map.entry("wait_timeout", "1500ms"),
            Map.entry("line_capacity", "7"),
            Map.entry("max_waiting", "15"),
            Map.entry("starts_at_once", "16"),
            Map.entry("prewarm_memory", "3g"),
            Map.entry("start_timeout", "45"),
            Map.entry("stop_grace", "0"),
            Map.entry("drain_timeout", "1h"),
            Map.entry("shutdown_timeout", "1m"),
            Map.entry("request_head_timeout", "1"),
            Map.entry("request_body_timeout", "2"),
            Map.entry("connect_timeout", "3ms"),
            Map.entry("first_byte_timeout", "4"),
            Map.entry("response_timeout", "5"),
            Map.entry("request_timeout", "6"),
            Map.entry("tunnel_timeout", "7"),
            Map.entry("keep_alive_timeout", "8"),
            Map.entry("upstream_keep_alive_timeout", "9"),
            Map.entry("linger_timeout", "10ms"),
            Map.entry("max_head", "2k"),
            Map.entry("max_request_line", "1000"),
            Map.entry("max_requests_per_connection", "12"),
            Map.entry("max_request_body", "5g"),
            Map.entry("max_connections", "13"),
            Map.entry("max_connections_per_address", "14"),
            Map.entry("allowed_upstreams", "127.0.0.0/8, 192.168.1.20"),
            Map.entry("trusted_proxies", "10.0.0.0/8, 2001:db8::7"),
            Map.entry("proxy_protocol", "On"),
            Map.entry("event_loop", "io_uring"),
            Map.entry("log_level", "Debug"),
            Map.entry("access_log", "json"),
            Map.entry("access_log_path", "/var/log/luma/access.log"));

    private static final Settings OTHERS_READ = new Settings(
            new ProxySettings(
                    "10.0.0.1",
                    80,
                    new ProxySettings.Timeouts(
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2),
                            Duration.ofMillis(3),
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(6),
                            Duration.ofSeconds(7),
                            Duration.ofSeconds(8),
                            Duration.ofSeconds(9),
                            Duration.ofMillis(10)),
                    new ProxySettings.Bounds(2_048, 1_000, 65_536, 5L << 30, 12),
                    new ProxySettings.Connections(13, 14, 0),
                    new ProxySettings.Front(
                            List.of(
                                    Cidr.parse("10.0.0.0/8").orElseThrow(),
                                    Cidr.parse("2001:db8::7").orElseThrow()),
                            true)),
            "::1",
            9081,
            "tcp://127.0.0.1:2375",
            16,
            20,
            Duration.ofMinutes(90),
            Path.of("/srv/luma"),
            Duration.ofMinutes(5),
            Duration.ofHours(2),
            new MemoryReserve(512 << 20, false),
            Duration.ofMillis(1_500),
            7,
            15,
            16,
            3L << 30,
            Duration.ofSeconds(45),
            Duration.ZERO,
            Duration.ofHours(1),
            Duration.ofMinutes(1),
            EventLoopChoice.IO_URING,
            LogLevel.DEBUG,
            AccessLogFormat.JSON,
            "/var/log/luma/access.log",
            List.of(Cidr.of("127.0.0.0/8"), Cidr.of("192.168.1.20")));

    @TempDir
    private Path directory;

    @Test
    void defaultsHold() throws Exception {
        assertEquals(DEFAULTS, load(Map.of(), "", Map.of()));
    }

    @Test
    void theFileSetsEverything() throws Exception {
        StringBuilder yaml = new StringBuilder();
        OTHERS.forEach((key, text) -> yaml.append(key).append(": ").append(text).append(" # as it is\n"));
        assertEquals(OTHERS_READ, load(Map.of(), yaml.toString(), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trusted_proxies: [10.0.0.0/8, '2001:db8::7']",
                "trusted_proxies:\n  - 10.0.0.0/8 # near\n  - 2001:db8::7\nproxy_port: 8080",
                "trusted_proxies:\n- 10.0.0.0/8, 2001:db8::7",
            })
    void theFileMayHaveAListWhereTheSettingIsOne(String yaml) throws Exception {
        assertEquals(
                OTHERS_READ.proxy().front().trustedProxies(),
                load(Map.of(), yaml, Map.of()).proxy().front().trustedProxies());
    }

    @Test
    void theEnvironmentSetsEverything() throws Exception {
        Map<String, String> environment = new HashMap<>();
        SettingTable.all().forEach(setting -> environment.put(setting.variable(), OTHERS.get(setting.key())));
        assertEquals(OTHERS_READ, load(environment, "", Map.of()));
    }

    @Test
    void flagsSetEverything() throws Exception {
        assertEquals(OTHERS_READ, load(Map.of(), "", OTHERS));
    }

    @Test
    void theStrongerSourceWins() throws Exception {
        String yaml = "proxy_port: 1\napi_port: 2\nline_capacity: 3\n";
        Map<String, String> environment = Map.of("LUMA_API_PORT", "20", "LUMA_LINE_CAPACITY", "30");
        Settings settings = load(environment, yaml, Map.of("line_capacity", "300"));
        assertEquals(List.of(1, 20, 300), List.of(settings.proxyPort(), settings.apiPort(), settings.lineCapacity()));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // root, STATE_DIRECTORY, XDG_STATE_HOME, expected
                "true,  -,                     -,      /var/lib/luma",
                "true,  /var/lib/a:/var/lib/b, -,      /var/lib/a",
                "false, -,                     -,      /home/ada/.local/state/luma",
                "false, -,                     /state, /state/luma",
                "false, /run/luma,             /state, /run/luma",
            })
    void theStateDirectoryFollowsFromTheSurroundings(boolean root, String systemd, String xdg, String expected)
            throws Exception {
        Map<String, String> environment = new HashMap<>();
        Optional.ofNullable(systemd).ifPresent(text -> environment.put("STATE_DIRECTORY", text));
        Optional.ofNullable(xdg).ifPresent(text -> environment.put("XDG_STATE_HOME", text));
        Surroundings surroundings = new Surroundings(environment, root, Path.of("/home/ada"), Optional.empty());
        Settings settings = new SettingsLoader(surroundings, Path.of("/nowhere")).load(Optional.empty(), Map.of());
        assertEquals(Path.of(expected), settings.stateDir());
    }

    @Test
    void dockerHostIsTakenFromItsOwnVariable() throws Exception {
        Map<String, String> environment = Map.of("DOCKER_HOST", "tcp://10.1.1.1:2375");
        assertEquals("tcp://10.1.1.1:2375", load(environment, "", Map.of()).dockerHost());
        assertEquals(
                "unix:///run/d.sock",
                load(environment, "docker_host: unix:///run/d.sock", Map.of()).dockerHost());
    }

    @Test
    void findsTheFileWhereItCanBe() throws Exception {
        Path system = directory.resolve("etc.yaml");
        Path install = directory.resolve("install");
        Files.createDirectories(install.resolve("conf"));
        Files.writeString(install.resolve("conf/luma.yaml"), "proxy_port: 1");
        assertEquals(1, find(system, install, Map.of(), Optional.empty()));
        Files.writeString(system, "proxy_port: 2");
        assertEquals(2, find(system, install, Map.of(), Optional.empty()));
        Path other = Files.writeString(directory.resolve("other.yaml"), "proxy_port: 3");
        assertEquals(3, find(system, install, Map.of("LUMA_CONFIG", other.toString()), Optional.empty()));
        Path flag = Files.writeString(directory.resolve("flag.yaml"), "proxy_port: 4");
        assertEquals(4, find(system, install, Map.of("LUMA_CONFIG", other.toString()), Optional.of(flag)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "proxy_port         | eighty  | is not a port; use a number from 1 to 65535",
                "proxy_port         | 0       | is not a port; use a number from 1 to 65535",
                "api_port           | 65536   | is not a port; use a number from 1 to 65535",
                "proxy_host         | a b     | is not a host; use an IP address or a host name without port, such as 127.0.0.1, or 0.0.0.0 for every address",
                "api_host           | 0.0.0.0 | is not an address of this machine alone; the API has no access control, so use 127.0.0.1, ::1 or localhost",
                "docker_host        | ssh://a | is not the address of a Docker engine; use unix:///var/run/docker.sock or tcp://host:2375",
                "docker_host        | tcp://a | is not the address of a Docker engine; use unix:///var/run/docker.sock or tcp://host:2375",
                "docker_host        | unix:a  | is not the address of a Docker engine; use unix:///var/run/docker.sock or tcp://host:2375",
                "state_dir          | here    | is not an absolute path; use one that begins with /, such as /var/lib/luma",
                "inactivity_timeout | 0       | is not a duration from 1s to 365d; use a number with ms, s, m, h or d, such as 20s or 5m",
                "inactivity_timeout | soon    | is not a duration from 1s to 365d; use a number with ms, s, m, h or d, such as 20s or 5m",
                "line_capacity      | -1      | is not in range; use a number from 1 to 1000000",
                "memory_reserve     | 101%    | is neither a size nor a share up to 100%; use such as 512m, 2g or 5%, or 0 for none",
                "memory_reserve     | much    | is neither a size nor a share up to 100%; use such as 512m, 2g or 5%, or 0 for none",
                "trusted_proxies    | 10.0.0.1/8 | is not a list of address ranges; use addresses or ranges without bits behind the prefix, such as 10.0.0.0/8, 192.0.2.7, 2001:db8::/32, or none",
                "trusted_proxies    | 10.0.0.0/8,, ::1 | is not a list of address ranges; use addresses or ranges without bits behind the prefix, such as 10.0.0.0/8, 192.0.2.7, 2001:db8::/32, or none",
                "proxy_protocol     | v2      | is neither on nor off",
                "log_level          | loud    | is none of error, warn, info, debug, trace",
            })
    void complainsAboutWrongValues(String key, String text, String complaint) {
        Setting<?> setting = SettingTable.all().stream()
                .filter(each -> each.key().equals(key))
                .findAny()
                .orElseThrow();
        String quoted = "\"" + text + "\" " + complaint;
        assertEquals(
                List.of(key + " (from " + setting.variable() + "): " + quoted),
                complaints(Map.of(setting.variable(), text), "", Map.of()));
        assertEquals(
                List.of(key + " (from " + setting.flag() + "): " + quoted),
                complaints(Map.of(), "", Map.of(key, text)));
        assertEquals(
                List.of(key + " (" + file() + ":2): " + quoted),
                complaints(Map.of(), "# one line\n" + key + ": \"" + text + "\"\n", Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "proxy_prt: 1           | proxy_prt (FILE:1): there is no such setting; did you mean proxy_port?",
                "colour: blue           | colour (FILE:1): there is no such setting; luma serve --help lists them",
                "proxy_port:            | proxy_port (FILE:1): has no value; give it one, or remove the line",
                "proxy_port: [80, 81]   | proxy_port (FILE:1): is one value and not a list; write it as \"key: value\"",
                "proxy_port: [80]       | proxy_port (FILE:1): is one value and not a list; write it as \"key: value\"",
                "proxy_port: {a: 80}    | proxy_port (FILE:1): has settings of its own; write it as \"key: value\"",
                "trusted_proxies: {a: b} | trusted_proxies (FILE:1): has settings of its own; write it as \"key: value\"",
                "trusted_proxies: [[a]] | trusted_proxies (FILE:1): is a list with more than words in it; write them beside each other",
                "trusted_proxies: []    | trusted_proxies (FILE:1): has no value; give it one, or remove the line",
                "colours: [red, blue]   | colours (FILE:1): there is no such setting; luma serve --help lists them",
                "- proxy_port           | FILE is not a list of settings; write one \"key: value\" on each line",
                "just words             | FILE is not a list of settings; write one \"key: value\" on each line",
            })
    void complainsAboutTheFile(String yaml, String complaint) {
        assertEquals(List.of(complaint.replace("FILE", file().toString())), complaints(Map.of(), yaml, Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[10.0.0.1, all]  | 10.0.0.1, all",
                "[10.0.0.1, ~]    | '10.0.0.1, '",
                "[none, 10.0.0.1] | none, 10.0.0.1",
            })
    void complainsAboutWrongValuesInAList(String list, String joined) {
        List<String> complaints = complaints(Map.of(), "allowed_upstreams: " + list, Map.of());
        assertEquals(1, complaints.size(), complaints::toString);
        String start = "allowed_upstreams (" + file() + ":1): \"" + joined + "\" is not a list of address ranges; ";
        assertTrue(complaints.get(0).startsWith(start), complaints.get(0));
    }

    @Test
    void complainsAboutAKeyThatIsThereTwice() {
        assertEquals(
                List.of("api_port (" + file() + ":3): is there twice; remove one of the two"),
                complaints(Map.of(), "api_port: 1\nproxy_port: 2\napi_port: 3\n", Map.of()));
    }

    @Test
    void complainsAboutAFileThatIsNoYaml() {
        List<String> complaints = complaints(Map.of(), "api_port: 1\nproxy_port: {\n", Map.of());
        assertEquals(1, complaints.size());
        assertTrue(complaints.get(0).startsWith(file() + ":"), complaints.get(0));
        assertTrue(complaints.get(0).contains(" is not YAML ("), complaints.get(0));
    }

    @Test
    void complainsAboutAFileThatIsNotThere() {
        Path missing = directory.resolve("missing.yaml");
        SettingsException wrong = assertThrows(
                SettingsException.class,
                () -> new SettingsLoader(surroundings(Map.of()), Path.of("/nowhere"))
                        .load(Optional.of(missing), Map.of()));
        assertEquals(List.of(missing + " does not exist; name a file that does, or leave it out"), wrong.complaints());
    }

    @Test
    void complainsAboutUnknownVariables() {
        assertEquals(
                List.of(
                        "LUMA_PROXYPORT (from the environment): there is no such setting; did you mean LUMA_PROXY_PORT?",
                        "LUMA_XYZ (from the environment): there is no such setting; luma serve --help lists them"),
                complaints(
                        Map.of(
                                "LUMA_PROXYPORT", "1",
                                "LUMA_XYZ", "1",
                                "LUMA_JAVA", "/opt/jdk",
                                "LUMA_CACHE_DIR", "/tmp",
                                "LUMA_API", "http://127.0.0.1:1",
                                "LUMINOUS", "yes"),
                        "",
                        Map.of()));
    }

    @Test
    void complainsAboutEverythingAtOnce() {
        assertEquals(
                4,
                complaints(
                                Map.of("LUMA_WHATEVER", "1", "LUMA_API_PORT", "x"),
                                "proxy_port: x",
                                Map.of("line_capacity", "x"))
                        .size());
    }

    @Test
    void complainsAboutAProxyHeaderFromNobody() throws Exception {
        assertEquals(
                List.of("proxy_protocol is on and trusted_proxies is none: the header would be taken from nobody; list"
                        + " in trusted_proxies where your proxies are, or turn proxy_protocol off"),
                complaints(Map.of(), "proxy_protocol: on", Map.of()));
        assertTrue(load(Map.of(), "proxy_protocol: on\ntrusted_proxies: ::1 10.0.0.0/8", Map.of())
                .proxy()
                .front()
                .proxyProtocol());
    }

    @Test
    void anEmptyVariableIsNotSet() throws Exception {
        assertEquals(DEFAULTS, load(Map.of("LUMA_PROXY_PORT", ""), "", Map.of()));
    }

    /** What is left out before the file is parsed is comments, and nothing else that has such a sign in it. */
    @Test
    void commentsSayNothing() throws Exception {
        assertEquals(DEFAULTS, load(Map.of(), "# proxy_port: 1\n#proxy_port: 2\n\n", Map.of()));
        Settings read = load(
                Map.of(), "# first\nproxy_port: 80 # as it is\n  # indented\nstate_dir: /srv/#luma\n#last", Map.of());
        assertEquals(80, read.proxyPort());
        assertEquals(Path.of("/srv/#luma"), read.stateDir());
    }

    @Test
    void limitsAreThoseOfTheDomain() {
        assertEquals(Duration.ofMinutes(5), OTHERS_READ.limits().idleTimeout());
        assertEquals(dev.luma.core.Limits.DEFAULTS, DEFAULTS.limits());
    }

    private Settings load(Map<String, String> environment, String yaml, Map<String, String> flags)
            throws SettingsException, IOException {
        Files.writeString(file(), yaml);
        return new SettingsLoader(surroundings(environment), file()).load(Optional.empty(), flags);
    }

    private List<String> complaints(Map<String, String> environment, String yaml, Map<String, String> flags) {
        return assertThrows(SettingsException.class, () -> load(environment, yaml, flags))
                .complaints();
    }

    private int find(Path system, Path install, Map<String, String> environment, Optional<Path> flag)
            throws SettingsException {
        Surroundings surroundings = new Surroundings(environment, true, Path.of("/root"), Optional.of(install));
        return new SettingsLoader(surroundings, system).load(flag, Map.of()).proxyPort();
    }

    private Path file() {
        return directory.resolve("luma.yaml");
    }

    private static Surroundings surroundings(Map<String, String> environment) {
        return new Surroundings(environment, true, Path.of("/root"), Optional.empty());
    }
}
