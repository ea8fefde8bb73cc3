package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.Limits;
import dev.luma.core.Project;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /projects}. */
@ExtendWith(LeakWatch.class)
class RegisterTest {

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
    void registersTheProjectOfTheDocumentation() {
        HttpResponse<String> response = api.post("/projects", TestApi.NGINX);

        assertEquals(201, response.statusCode(), response.body());
        assertEquals(
                "/projects/my-nginx-app",
                response.headers().firstValue("location").orElseThrow());
        assertEquals("""
                {
                  "name": "my-nginx-app",
                  "hostname": "myapp.localhost",
                  "docker_image": "nginxdemos/hello",
                  "container_port": 80,
                  "env_vars": {
                    "APP_ENV": "development"
                  },
                  "idle_timeout": null,
                  "sleep": "stop",
                  "pause_timeout": null,
                  "ephemeral": false,
                  "cold_start": "wait",
                  "prewarm": false,
                  "readiness": null,
                  "max_request_body": null,
                  "url": "http://myapp.localhost:8080",
                  "state": "idle",
                  "since": "2026-02-03T04:05:06.789Z",
                  "waiting": 0,
                  "place_in_line": null,
                  "instances": [],
                  "boots": {},
                  "boot_warning": null,
                  "prewarms": null,
                  "last_failure": null,
                  "revision": 1,
                  "created_at": "2026-02-03T04:05:06.789Z",
                  "updated_at": "2026-02-03T04:05:06.789Z"
                }
                """, response.body());
        Project project = api.upstream("my-nginx-app").project();
        assertEquals(Map.of("APP_ENV", "development"), project.container().env());
        assertTrue(api.projects.routes().find("myapp.localhost") == api.upstream("my-nginx-app"));
    }

    @Test
    void fillsInWhatIsLeftOut() {
        JsonNode project = TestApi.json(api.post("/projects", "{\"name\": \"app\", \"docker_image\": \"img\"}"));

        assertEquals("app.localhost", project.get("hostname").textValue());
        assertEquals(8080, project.get("container_port").intValue());
        assertEquals(0, project.get("env_vars").size());
        assertTrue(project.get("idle_timeout").isNull());
    }

    @Test
    void takesNullForWhatIsLeftOut() {
        HttpResponse<String> response = api.post("/projects", """
                {"name": "app", "docker_image": "img", "hostname": null, "container_port": null, "env_vars": null,
                 "idle_timeout": null, "sleep": null, "pause_timeout": null, "ephemeral": null, "cold_start": null, "prewarm": null,
                 "readiness": null}""");

        assertEquals(201, response.statusCode(), response.body());
        assertEquals("app.localhost", TestApi.json(response).get("hostname").textValue());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'\"20s\"', 20s",
                "'\"90\"', 90s",
                "'\"2 h\"', 2h",
                "'\"1500ms\"', 1500ms",
                "45, 45s",
                "86400, 1d",
            })
    void readsIdleTimeouts(String given, String shown) {
        HttpResponse<String> response = api.post(
                "/projects", "{\"name\": \"app\", \"docker_image\": \"img\", \"idle_timeout\": " + given + "}");

        assertEquals(shown, TestApi.json(response).path("idle_timeout").textValue(), response.body());
    }

    @Test
    void bringsHostnamesIntoTheirCanonicalForm() {
        HttpResponse<String> response = api.post(
                "/projects", "{\"name\": \"app\", \"docker_image\": \"img\", \"hostname\": \"My.Example.COM.\"}");

        assertEquals("my.example.com", TestApi.json(response).get("hostname").textValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name           | 5            | must be a string",
                "name           | 'My App'     | must be 1 to 63 lower-case letters",
                "name           | null         | is required, such as",
                "hostname       | true         | must be a string",
                "hostname       | 'a.b:80'     | must be a host name without scheme, port or path",
                "hostname       | ''           | must be a host name without scheme, port or path",
                "docker_image   | null         | is required, such as",
                "docker_image   | []           | must be a string",
                "docker_image   | 'no spaces'  | must be an image reference",
                "container_port | '80'         | must be a whole number without quotes",
                "container_port | 80.5         | must be a whole number without quotes",
                "container_port | 0            | must be a number from 1 to 65535",
                "container_port | 65536        | must be a number from 1 to 65535",
                "container_port | 99999999999  | must be a number from 1 to 65535",
                "env_vars       | 'A=b'        | must be an object of strings",
                "env_vars       | {'1A': 'x'}  | has the name \"1A\"",
                "env_vars.DEBUG | true         | must be a string: put it in quotes, as in \"true\"",
                "env_vars.DEBUG | 1.50         | must be a string: put it in quotes, as in \"1.5\"",
                "env_vars.DEBUG | null         | must be a string",
                "env_vars.DEBUG | ['x']        | must be a string",
                "max_request_body | '20 apples' | must be a size such as \"10m\"",
                "max_request_body | -1          | must be 0 for no limit, or a size",
                "max_request_body | 2.5         | must be a size such as \"10m\"",
                "max_request_body | 99999999999999999999 | must be a size such as \"10m\"",
                "sleep          | 'doze'       | must be \"stop\" or \"pause\"",
                "sleep          | true         | must be \"stop\" or \"pause\"",
                "pause_timeout  | '5m'         | has no meaning unless sleep is \"pause\"",
                "ephemeral      | 'true'       | must be true or false, without quotes",
                "ephemeral      | 1            | must be true or false, without quotes",
                "cold_start     | 'poster'     | must be \"wait\" or \"page\"",
                "cold_start     | 1            | must be \"wait\" or \"page\"",
                "prewarm        | 'true'       | must be true or false, without quotes",
                "prewarm        | 1            | must be true or false, without quotes",
                "prewarms       | {}           | is set by Luma; leave it out",
                "idle_timeout   | '20 apples'  | must be a duration such as \"20s\"",
                "idle_timeout   | 2.5          | must be a duration such as \"20s\"",
                "idle_timeout   | -1           | must be from 1s to 365 days",
                "idle_timeout   | 0            | must be from 1s to 365 days",
                "idle_timeout   | '999999d'    | must be from 1s to 365 days",
                "idle_timeout   | 99999999999999999999 | must be from 1s to 365 days",
                "readiness      | '/healthz'   | must be an object, such as {\"http_get\": {\"path\": \"/healthz\"}}",
                "readiness      | []           | must be an object, such as",
                "readiness.tcp  | {'readiness': {'tcp': {}}} | is not a field of readiness; the only one is http_get",
                "readiness.tcp  | {'readiness': {'tcp': null, 'http_get': {'path': '/'}}} | is not a field of readiness",
                "readiness.http_get | {'readiness': {'http_get': '/'}} | must be an object, such as {\"path\": \"/healthz\"}",
                "readiness.http_get.port | {'readiness': {'http_get': {'path': '/', 'port': 1}}} | is not a field of readiness.http_get; the only one is path",
                "readiness.http_get.path | {'readiness': {'http_get': {}}} | is required, such as \"/healthz\"",
                "readiness.http_get.path | {'readiness': {'http_get': {'path': null}}} | is required, such as",
                "readiness.http_get.path | {'readiness': {'http_get': {'path': 7}}} | must be a string",
                "readiness.http_get.path | {'readiness': {'http_get': {'path': 'healthz'}}} | must begin with \"/\"",
                "readiness.http_get.path | {'readiness': {'http_get': {'path': '/a b'}}} | must begin with \"/\" and have",
                "image          | 'nginx'      | is not a field of a project; those are name, hostname, docker_image",
                "state          | 'idle'       | is set by Luma; leave it out",
            },
            quoteCharacter = '`')
    void namesTheWrongField(String field, String value, String message) {
        String json = value.replace('\'', '"');
        ObjectNode body = (ObjectNode) TestApi.json("{\"name\": \"app\", \"docker_image\": \"img\"}");
        if (field.startsWith("env_vars.")) {
            body.putObject("env_vars").set(field.substring("env_vars.".length()), TestApi.json(json));
        } else if (field.startsWith("readiness.")) {
            body.setAll((ObjectNode) TestApi.json(json));
        } else {
            body.set(field, TestApi.json(json));
        }

        HttpResponse<String> response = api.post("/projects", body.toString());

        assertEquals(422, response.statusCode(), response.body());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("content-type").orElseThrow());
        JsonNode problem = TestApi.json(response);
        assertEquals("about:blank", problem.get("type").textValue());
        assertEquals("Unprocessable Content", problem.get("title").textValue());
        assertEquals(422, problem.get("status").intValue());
        assertEquals(1, problem.get("errors").size(), response.body());
        JsonNode error = problem.get("errors").get(0);
        assertEquals(field, error.get("field").textValue());
        assertTrue(error.get("message").textValue().startsWith(message), response.body());
        assertEquals(
                field + " " + error.get("message").textValue(),
                problem.get("detail").textValue());
        assertFalse(api.projects.find("app").isPresent());
    }

    @Test
    void namesEveryWrongFieldAtOnce() {
        HttpResponse<String> response = api.post("/projects", """
                {"name": "My App", "hostname": "http://x", "container_port": "80", "idle_timeout": [],
                 "env_vars": {"A": 1, "B": true, "C D": "x"}, "command": "run", "revision": 7}""");

        assertEquals(422, response.statusCode());
        JsonNode problem = TestApi.json(response);
        List<String> fields = new ArrayList<>();
        problem.get("errors").forEach(error -> fields.add(error.get("field").textValue()));
        assertEquals(
                List.of(
                        "command",
                        "revision",
                        "name",
                        "hostname",
                        "docker_image",
                        "container_port",
                        "env_vars.A",
                        "env_vars.B",
                        "env_vars",
                        "idle_timeout"),
                fields);
        assertEquals(10, problem.get("detail").textValue().split("; ", -1).length - 3, response.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[]", "7", "null", "\"text\""},
            quoteCharacter = '`')
    void takesOnlyAnObject(String body) {
        HttpResponse<String> response = api.post("/projects", body);

        assertEquals(422, response.statusCode());
        assertTrue(
                TestApi.json(response).get("detail").textValue().startsWith("the body must be a JSON object"),
                response.body());
    }

    @Test
    void aNameCanBeTakenOnce() {
        api.post("/projects", TestApi.NGINX);

        HttpResponse<String> response = api.post(
                "/projects",
                "{\"name\": \"my-nginx-app\", \"docker_image\": \"img\", \"hostname\": \"other.localhost\"}");

        assertEquals(409, response.statusCode());
        JsonNode error = TestApi.json(response).get("errors").get(0);
        assertEquals("name", error.get("field").textValue());
        assertTrue(error.get("message").textValue().contains("\"my-nginx-app\""), response.body());
    }

    @Test
    void aHostnameCanBeTakenOnce() {
        api.post("/projects", TestApi.NGINX);

        HttpResponse<String> response = api.post(
                "/projects", "{\"name\": \"other\", \"docker_image\": \"img\", \"hostname\": \"MyApp.localhost.\"}");

        assertEquals(409, response.statusCode());
        JsonNode error = TestApi.json(response).get("errors").get(0);
        assertEquals("hostname", error.get("field").textValue());
        assertTrue(error.get("message").textValue().contains("\"my-nginx-app\""), "names the owner: " + error);
        assertEquals(1, api.projects.all().size());
    }

    @Test
    void refusesWhenLumaIsStopping() {
        api.projects.close(Limits.DEFAULTS.drainTimeout());

        HttpResponse<String> response = api.post("/projects", TestApi.NGINX);

        assertEquals(503, response.statusCode());
        assertEquals("SHUTTING_DOWN", TestApi.json(response).get("reason").textValue());
    }
}
