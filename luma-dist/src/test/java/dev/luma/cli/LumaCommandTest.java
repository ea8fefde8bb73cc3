package dev.luma.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs, against an API that answers as it is told. */
class LumaCommandTest {

    private final List<String> asked = new ArrayList<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private HttpServer server;
    private String api;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        api = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void deployRegisters() {
        answers.put("POST /projects", "201 " + project(Instant.EPOCH));
        assertEquals(0, run("deploy", "shop", "--image", "shop:2"));
        assertEquals(
                List.of("POST /projects {\"docker_image\":\"shop:2\",\"name\":\"shop\",\"container_port\":8080,"
                        + "\"hostname\":\"shop.localhost\"}"),
                asked);
        assertEquals("shop is registered as revision 3\nhttp://shop.localhost:8080\n", text(out));
    }

    @Test
    void deployLeadsToWhatRunsAlready() {
        answers.put("POST /projects", "201 " + project(Instant.EPOCH));
        assertEquals(0, run("deploy", "nas", "--upstream", "nas.lan:5000"));
        assertEquals(
                List.of(
                        "POST /projects {\"upstream\":\"nas.lan:5000\",\"name\":\"nas\",\"hostname\":\"nas.localhost\"}"),
                asked);
    }

    @Test
    void deployChangesWhatIsGivenOfAProjectThatIsThere() {
        answers.put("POST /projects", "409 {\"errors\":[{\"field\":\"name\",\"message\":\"is taken\"}]}");
        answers.put("PATCH /projects/shop", "200 " + project(Instant.EPOCH));
        assertEquals(
                0,
                run(
                        "deploy",
                        "shop",
                        "--image",
                        "shop:2",
                        "--port",
                        "3000",
                        "--host",
                        "s.example",
                        "-e",
                        "A=1",
                        "--env",
                        "B=x=y",
                        "--idle-timeout",
                        "5m",
                        "--ephemeral",
                        "--cold-start",
                        "page",
                        "--prewarm",
                        "--readiness-path",
                        "/healthz",
                        "--max-request-body",
                        "10m"));
        assertEquals(
                "PATCH /projects/shop {\"docker_image\":\"shop:2\",\"container_port\":3000,\"hostname\":\"s.example\","
                        + "\"env_vars\":{\"A\":\"1\",\"B\":\"x=y\"},\"idle_timeout\":\"5m\",\"ephemeral\":true,"
                        + "\"cold_start\":\"page\",\"prewarm\":true,"
                        + "\"readiness\":{\"http_get\":{\"path\":\"/healthz\"}},\"max_request_body\":\"10m\"}",
                asked.get(1));
        assertEquals("shop is at revision 3\nhttp://shop.localhost:8080\n", text(out));
    }

    @Test
    void deployNamesEveryWrongFieldByItsFlag() {
        answers.put(
                "POST /projects",
                "422 {\"title\":\"Not valid\",\"errors\":[{\"field\":\"docker_image\",\"message\":\"must be good\"},"
                        + "{\"field\":\"idle_timeout\",\"message\":\"must be short\"},"
                        + "{\"field\":\"readiness.http_get.path\",\"message\":\"must begin with /\"}]}");
        assertEquals(2, run("deploy", "shop", "--image", "?", "--idle-timeout", "1000d", "--readiness-path", "x"));
        assertEquals(
                List.of(
                        "luma: --image must be good",
                        "luma: --idle-timeout must be short",
                        "luma: --readiness-path must begin with /"),
                text(err).lines().toList());
    }

    @Test
    void deployLeavesAForeignHostnameAlone() {
        answers.put("POST /projects", "409 {\"errors\":[{\"field\":\"hostname\",\"message\":\"is taken by b\"}]}");
        assertEquals(1, run("deploy", "shop", "--image", "x"));
        assertEquals("luma: --host is taken by b\n", text(err));
    }

    @Test
    void psShowsATable() {
        answers.put(
                "GET /projects",
                "200 {\"projects\":[" + project(Instant.EPOCH)
                        + ",{\"name\":\"a\",\"state\":\"failed\",\"since\":\"never\",\"url\":\"http://a\","
                        + "\"docker_image\":\"a\",\"waiting\":0,\"instances\":[],"
                        + "\"boot_warning\":{\"way\":\"sandbox\",\"detail\":\"its image boots slower\"},"
                        + "\"boots\":{\"sandbox\":{\"count\":3,\"median_ms\":98.7},\"unpause\":{\"median_ms\":9}},"
                        + "\"last_failure\":{\"detail\":\"its container exited with code 1\"}}]}");
        assertEquals(0, run("ps"));
        List<String> lines = text(out).lines().toList();
        assertEquals(
                List.of("NAME", "STATE", "SINCE", "URL", "IMAGE", "WAKE", "IN-FLIGHT", "WAITING"), cells(lines.get(0)));
        List<String> shop = cells(lines.get(1));
        assertTrue(shop.get(2).endsWith(" days ago"), shop.get(2));
        assertEquals(
                List.of(
                        "shop",
                        "running",
                        shop.get(2),
                        "http://shop.localhost:8080",
                        "shop:2",
                        "sandbox 104 ms",
                        "5",
                        "2"),
                shop);
        assertEquals(List.of("a", "failed", "never", "http://a", "a", "sandbox ~98 ms", "0", "0"), cells(lines.get(2)));
        assertEquals("a: its container exited with code 1\na: its image boots slower\n", text(err));
    }

    @Test
    void deployCanTurnPrewarmingOff() {
        answers.put("POST /projects", "409 {\"errors\":[{\"field\":\"name\",\"message\":\"is taken\"}]}");
        answers.put("PATCH /projects/shop", "200 " + project(Instant.EPOCH));
        assertEquals(0, run("deploy", "shop", "--image", "x", "--no-prewarm"));
        assertEquals("PATCH /projects/shop {\"docker_image\":\"x\",\"prewarm\":false}", asked.get(1));
    }

    @Test
    void psShowsWhatCameOfPrewarmingIfAProjectAsksForIt() {
        String rest = "\"state\":\"idle\",\"since\":\"never\",\"url\":\"u\",\"docker_image\":\"i\",\"waiting\":0,"
                + "\"instances\":[]}";
        answers.put(
                "GET /projects",
                "200 {\"projects\":["
                        + "{\"name\":\"a\",\"prewarm\":true,\"prewarms\":{\"hits\":1,\"misses\":0,\"next\":null},"
                        + rest
                        + ",{\"name\":\"b\",\"prewarm\":true,\"prewarms\":{\"hits\":12,\"misses\":1,\"next\":null},"
                        + rest
                        + ",{\"name\":\"c\",\"prewarm\":true,\"prewarms\":null," + rest
                        + ",{\"name\":\"d\",\"prewarm\":false,\"prewarms\":null," + rest + "]}");
        assertEquals(0, run("ps"));
        assertEquals(
                List.of("PREWARM", "1 hit, 0 misses", "12 hits, 1 miss", "-", "-"),
                text(out).lines().map(line -> cells(line).get(8)).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "null, starting",
        "1, 1st",
        "2, 2nd",
        "3, 3rd",
        "4, 4th",
        "11, 11th",
        "12, 12th",
        "21, 21st",
        "113, 113th"
    })
    void psShowsThePlaceOfThoseThatWaitForTheirTurnToStart(String place, String shown) {
        answers.put(
                "GET /projects",
                "200 {\"projects\":[{\"name\":\"a\",\"state\":\"starting\",\"since\":\"never\",\"url\":\"u\","
                        + "\"docker_image\":\"i\",\"waiting\":1,\"place_in_line\":" + place + ",\"instances\":[]}]}");
        assertEquals(0, run("ps"));
        String state = text(out).lines().toList().get(1).split("\\s{2,}", -1)[1];
        assertEquals(place.equals("null") ? "starting" : "starting, " + shown + " in line", state);
    }

    @Test
    void doctorSaysWhatIsWrong() {
        answers.put(
                "GET /doctor",
                "200 {\"findings\":[{\"subject\":\"engine\",\"fine\":true,\"sentence\":\"Docker 20.10\"},"
                        + "{\"subject\":\"sandboxes\",\"fine\":false,\"sentence\":\"cannot be made\"}]}");
        assertEquals(1, run("doctor"));
        assertEquals("ok    engine: Docker 20.10\nFAIL  sandboxes: cannot be made\n", text(out));
    }

    @Test
    void psShowsWhatTheApiAnswers() {
        answers.put("GET /projects", "200 {\"projects\":[]}");
        assertEquals(0, run("ps", "--json"));
        assertEquals("{\"projects\":[]}\n", text(out));
    }

    @ParameterizedTest
    @CsvSource({"start, running", "stop, stopped"})
    void startAndStopSayWhatBecameOfIt(String verb, String state) {
        answers.put("POST /projects/shop/" + verb, "200 {\"state\":\"" + state + "\"}");
        assertEquals(0, run(verb, "shop"));
        assertEquals("shop is " + state + "\n", text(out));
        assertEquals(List.of("POST /projects/shop/" + verb + " {}"), asked);
    }

    @Test
    void startSaysWhyItFailed() {
        answers.put("POST /projects/shop/start", "503 {\"title\":\"No\",\"detail\":\"its image is not there\"}");
        assertEquals(1, run("start", "shop"));
        assertEquals("luma: its image is not there\n", text(err));
    }

    @Test
    void rmRemovesAsManyAsItCan() {
        answers.put("DELETE /projects/a", "204 ");
        answers.put("DELETE /projects/b", "404 {\"title\":\"Not found\",\"detail\":\"there is no project b\"}");
        answers.put("DELETE /projects/c%2F", "204 ");
        assertEquals(1, run("rm", "a", "b", "c/"));
        assertEquals("a\nc/\n", text(out));
        assertEquals("luma: there is no project b\n", text(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ps", "start x", "stop x", "rm x", "deploy x --image y"})
    void sayThatNobodyAnswers(String line) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        api = "http://127.0.0.1:" + port;
        assertEquals(1, run(line.split(" ")));
        assertEquals("luma: Luma does not answer at " + api + ": is it running? (luma serve)\n", text(err));
    }

    @Test
    void sayThatSomebodyElseAnswers() {
        answers.put("GET /projects", "200 <html>");
        assertEquals(1, run("ps"));
        assertTrue(text(err).startsWith("luma: what answered is not Luma: "), text(err));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | luma: name a verb: luma --help lists them",
                "serv                            | luma: Unmatched argument at index 0: 'serv'",
                "deploy                          | luma: Missing required parameter: 'NAME'",
                "deploy a                        | luma: what is a? Give --image IMAGE, or --upstream HOST:PORT",
                "deploy a --image b --port x     | luma: Invalid value for option '--port': 'x' is not an int",
                "deploy a --image b --prt 1      | luma: Unknown options: '--prt', '1'",
                "rm                              | luma: Missing required parameter: 'NAME'",
                "ps --api nowhere                | luma: --api \"nowhere\" is not an address of an API; use one such as http://127.0.0.1:8081",
                "ps --api https://a              | luma: --api \"https://a\" is not an address of an API; use one such as http://127.0.0.1:8081",
                "serve --proxy-port x            | luma: proxy_port (from --proxy-port): \"x\" is not a port; use a number from 1 to 65535",
            })
    void whatIsNotUnderstoodEndsWithTwo(String line, String complaint) {
        String[] words = line.isEmpty() ? new String[0] : line.split(" ");
        assertEquals(2, LumaCommand.run(words, stream(out), stream(err)));
        assertEquals(complaint, text(err).lines().findFirst().orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "deploy", "ps", "start", "stop", "rm", "prepare", "version"})
    void everyVerbHasHelp(String verb) {
        String[] words =
                Stream.of(verb, "--help").filter(word -> !word.isEmpty()).toArray(String[]::new);
        assertEquals(0, LumaCommand.run(words, stream(out), stream(err)));
        assertTrue(text(out).startsWith(("Usage: luma " + verb).strip()), text(out));
        assertTrue(text(out).lines().allMatch(line -> line.length() <= 100), text(out));
    }

    @Test
    void helpOfServeNamesEverySetting() {
        LumaCommand.run(new String[] {"serve", "--help"}, stream(out), stream(err));
        dev.luma.config.SettingTable.all()
                .forEach(setting -> assertTrue(text(out).contains(setting.flag() + "="), setting.flag()));
    }

    @Test
    void helpOfServeShowsDefaultsAsTheyAre() {
        PrintStream usual = System.err;
        System.setErr(stream(err)); // where the parser complains of what it takes for a pattern
        try {
            LumaCommand.run(new String[] {"serve", "--help"}, stream(out), stream(err));
        } finally {
            System.setErr(usual);
        }
        assertEquals("", text(err));
        for (String shown : List.of("(default: 5%)", "(default: $DOCKER_HOST,")) {
            assertTrue(text(out).replaceAll("\\s+", " ").contains(shown), text(out));
        }
    }

    @Test
    void helpOfServeShowsWhatThereIsToChooseFrom() {
        LumaCommand.run(new String[] {"serve", "--help"}, stream(out), stream(err));
        for (String flag : List.of(
                "--access-log=off|common|json",
                "--event-loop=auto|epoll|io_uring|nio",
                "--log-level=error|warn|info|debug|trace")) {
            assertTrue(text(out).contains(flag), flag);
        }
    }

    @Test
    void theVersionIsShown() {
        assertEquals(0, LumaCommand.run(new String[] {"version"}, stream(out), stream(err)));
        assertTrue(text(out).matches("luma \\S+ \\(Java \\S+\\)\n"), text(out));
    }

    private int run(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--api", api));
        return LumaCommand.run(line.toArray(String[]::new), stream(out), stream(err));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add((request + " " + body).strip());
        String[] answer = answers.getOrDefault(request, "500 {}").split(" ", 2);
        byte[] content = answer[1].getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(answer[0]), content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
        exchange.close();
    }

    private static String project(Instant since) {
        return "{\"name\":\"shop\",\"url\":\"http://shop.localhost:8080\",\"revision\":3,"
                + "\"docker_image\":\"shop:2\",\"state\":\"running\",\"since\":\"" + since + "\",\"waiting\":2,"
                + "\"instances\":[{\"in_flight\":1},{\"in_flight\":4,\"boot\":{\"way\":\"sandbox\",\"total_ms\":103.8}}],\"last_failure\":null}";
    }

    private static List<String> cells(String line) {
        return List.of(line.split(" {3,}"));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
