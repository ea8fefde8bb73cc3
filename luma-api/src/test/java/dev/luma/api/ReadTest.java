package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.luma.core.Admission;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.HostMemory;
import dev.luma.core.Lease;
import dev.luma.core.Refusal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be read, and what the routes answer to methods that they do not have. */
@ExtendWith(LeakWatch.class)
class ReadTest {

    private TestApi api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listsProjectsByName() {
        assertEquals("{\n  \"projects\": []\n}\n", api.get("/projects").body());
        for (String name : List.of("b", "c", "a")) {
            api.post("/projects", "{\"name\": \"" + name + "\", \"docker_image\": \"img\"}");
        }

        List<String> names = new ArrayList<>();
        TestApi.json(api.get("/projects"))
                .get("projects")
                .forEach(project -> names.add(project.get("name").textValue()));

        assertEquals(List.of("a", "b", "c"), names);
    }

    private void use(String project) {
        Admission.Listener soon = new Admission.Listener() {
            @Override
            public void granted(Lease lease) {
                lease.release();
            }

            @Override
            public void refused(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        };
        if (api.upstream(project).acquire(Long.MAX_VALUE, soon) instanceof Lease lease) {
            lease.release();
        }
    }

    @Test
    void showsWhatCameOfWakingAProjectAhead() {
        JsonNode registered = TestApi.json(
                api.post("/projects", "{\"name\": \"cron\", \"docker_image\": \"img\", \"prewarm\": true}"));
        assertEquals(TestApi.json("{\"hits\": 0, \"misses\": 0, \"next\": null}"), registered.get("prewarms"));

        for (int i = 0; i < 9; i++) {
            use("cron");
            api.time.advance(Duration.ofMinutes(5));
        }
        use("cron");
        api.time.advance(Duration.ofSeconds(20));

        assertEquals(
                TestApi.json("{\"hits\": 1, \"misses\": 0, \"next\": \"2026-02-03T04:55:05.789Z\"}"),
                TestApi.json(api.get("/projects/cron")).get("prewarms"));
    }

    @Test
    void showsARunningProject() {
        api.post("/projects", TestApi.NGINX);
        use("my-nginx-app");
        api.time.advance(Duration.ofSeconds(3));
        Lease lease = api.upstream("my-nginx-app").tryAcquire();
        try {
            JsonNode project = TestApi.json(api.get("/projects/my-nginx-app"));

            assertEquals("running", project.get("state").textValue());
            assertEquals(1, project.get("instances").size());
            assertEquals(TestApi.json("""
                            {"id": "my-nginx-app-p1-1", "address": "172.17.0.3:80",
                             "started_at": "2026-02-03T04:05:06.789Z", "in_flight": 1,
                             "last_used": "2026-02-03T04:05:06.789Z",
                             "boot": {"way": "sandbox", "total_ms": 0.0, "image_ms": 0.0, "line_ms": 0.0,
                                      "create_ms": 0.0, "start_ms": 0.0, "ready_ms": 0.0}}"""), project.get("instances").get(0));
        } finally {
            lease.release();
        }
        assertEquals(
                "2026-02-03T04:05:09.789Z",
                TestApi.json(api.get("/projects/my-nginx-app"))
                        .at("/instances/0/last_used")
                        .textValue());
    }

    @Test
    void showsWhatWentWrongLast() {
        api.post("/projects", TestApi.NGINX);
        api.runtime.startFails = Optional.of(FakeRuntime.failure("my-nginx-app exited with code 1", "bad", "config"));
        api.post("/projects/my-nginx-app/start", "");

        JsonNode project = TestApi.json(api.get("/projects/my-nginx-app"));

        assertEquals("failed", project.get("state").textValue());
        assertEquals(TestApi.json("""
                        {"reason": "START_FAILED", "detail": "my-nginx-app exited with code 1",
                         "last_lines": ["bad", "config"]}"""), project.get("last_failure"));
    }

    @Test
    void showsThatANewImageBootsSlower() {
        api.post("/projects", TestApi.NGINX);
        boot(Duration.ofMillis(300));
        JsonNode before = TestApi.json(api.get("/projects/my-nginx-app"));
        assertTrue(before.get("boot_warning").isNull());
        api.send("PATCH", "/projects/my-nginx-app", "{\"docker_image\": \"nginxdemos/hello:2\"}");
        boot(Duration.ofMillis(900));

        JsonNode project = TestApi.json(api.get("/projects/my-nginx-app"));

        assertEquals(TestApi.json("""
                        {"way": "sandbox", "median_ms": 900.0, "before_ms": 300.0,
                         "detail": "its image boots slower than the one before, in 900 ms rather than 300 ms (sandbox, medians)"}"""), project.get("boot_warning"));
    }

    /** Often enough to say how long it takes. */
    private void boot(Duration took) {
        api.runtime.onStart = () -> api.time.advance(took);
        for (int i = 0; i < 3; i++) {
            api.post("/projects/my-nginx-app/start", "");
            api.post("/projects/my-nginx-app/stop", "");
        }
    }

    @Test
    void tellsWhereThingsAre() {
        JsonNode root = TestApi.json(api.get("/"));

        assertEquals("Luma", root.get("name").textValue());
        assertEquals("1.2.3", root.get("version").textValue());
        assertEquals("/projects", root.at("/links/projects").textValue());
    }

    @Test
    void tellsWhetherItIsReady() {
        assertEquals("{\n  \"status\": \"ok\"\n}\n", api.get("/healthz").body());
        HttpResponse<String> ready = api.get("/readyz");
        assertEquals(200, ready.statusCode());
        assertEquals(
                "Docker 20.10.24 (API 1.41)", TestApi.json(ready).get("engine").textValue());

        api.runtime.status = new ContainerRuntime.Status(false, "no engine answers at unix:///var/run/docker.sock");

        HttpResponse<String> down = api.get("/readyz");
        assertEquals(503, down.statusCode());
        assertEquals("RUNTIME_DOWN", TestApi.json(down).get("reason").textValue());
        assertTrue(TestApi.json(down).get("detail").textValue().contains("unix:///var/run/docker.sock"));
        assertEquals(200, api.get("/healthz").statusCode());
    }

    @Test
    void saysWhatItFound() {
        JsonNode finding = TestApi.json(api.get("/doctor")).at("/findings/0");

        assertEquals("engine", finding.get("subject").textValue());
        assertTrue(finding.get("fine").booleanValue());
        assertEquals(api.runtime.status().description(), finding.get("sentence").textValue());
    }

    @Test
    void saysHowMuchMemoryThereIs() {
        api.memory = Optional.of(new HostMemory.Reading(8L << 30, 64 << 20, OptionalDouble.empty()));
        JsonNode finding = TestApi.json(api.get("/doctor")).at("/findings/1");

        assertEquals("memory", finding.get("subject").textValue());
        assertFalse(finding.get("fine").booleanValue());
        assertTrue(finding.get("sentence").textValue().startsWith("is short: 64 MiB of 8192 MiB are available"));
    }

    @Test
    void everyAnswerKeepsBrowsersOut() {
        for (String path : List.of("/", "/projects", "/nothing")) {
            HttpResponse<String> response = api.get(path);

            assertEquals(
                    "nosniff",
                    response.headers().firstValue("x-content-type-options").orElseThrow());
            assertEquals(
                    "no-store", response.headers().firstValue("cache-control").orElseThrow());
            assertEquals(
                    "same-origin",
                    response.headers()
                            .firstValue("cross-origin-resource-policy")
                            .orElseThrow());
            assertTrue(
                    response.headers().map().keySet().stream()
                            .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control")),
                    "no CORS");
        }
    }

    @ParameterizedTest
    @CsvSource({"/nothing", "/projects/", "/projects/a/b", "/projects/a/start/now", "//", "/Projects", "/projects%2Fa"})
    void anUnknownPathIsNotFound(String path) {
        HttpResponse<String> response = api.get(path);

        assertEquals(404, response.statusCode(), response.body());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("content-type").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({
        "/projects?page=1, 200",
        "/projects/my%2Dnginx-app, 200",
        "/projects/my+nginx-app, 404",
        "/?, 200",
    })
    void readsPathsAsUrisAre(String path, int status) {
        api.post("/projects", TestApi.NGINX);

        assertEquals(status, api.get(path).statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE | /                   | GET, HEAD, OPTIONS",
                "POST   | /healthz            | GET, HEAD, OPTIONS",
                "PUT    | /projects           | GET, HEAD, POST, OPTIONS",
                "POST   | /projects/app       | GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
                "GET    | /projects/app/start | POST, OPTIONS",
                "BREW   | /projects/app/stop  | POST, OPTIONS",
            })
    void aMethodThatIsNotThereIsNotAllowed(String method, String path, String allow) {
        HttpResponse<String> response = api.send(method, path, "{}");

        assertEquals(405, response.statusCode());
        assertEquals(allow, response.headers().firstValue("allow").orElseThrow());

        HttpResponse<String> options = api.send(api.request("OPTIONS", path));

        assertEquals(204, options.statusCode());
        assertEquals(allow, options.headers().firstValue("allow").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"/", "/projects", "/healthz", "/readyz", "/doctor", "/nothing"})
    void headIsGetWithoutTheBody(String path) {
        HttpResponse<String> get = api.get(path);
        HttpResponse<String> head = api.send(api.request("HEAD", path));

        assertEquals(get.statusCode(), head.statusCode());
        assertEquals(get.headers().map(), head.headers().map());
        assertEquals("", head.body());
    }
}
