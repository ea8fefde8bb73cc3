package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.Project;
import dev.luma.core.ProjectStore;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code PUT}, {@code PATCH} and {@code DELETE /projects/{name}}. */
@ExtendWith(LeakWatch.class)
class ChangeTest {

    private static final String PATH = "/projects/my-nginx-app";

    private TestApi api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi();
        assertEquals(201, api.post("/projects", TestApi.NGINX).statusCode());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void putReplacesAllSettings() {
        HttpResponse<String> response = api.send("PUT", PATH, "{\"docker_image\": \"nginx:1.27\"}");

        assertEquals(200, response.statusCode(), response.body());
        JsonNode project = TestApi.json(response);
        assertEquals("nginx:1.27", project.get("docker_image").textValue());
        assertEquals("my-nginx-app.localhost", project.get("hostname").textValue());
        assertEquals(8080, project.get("container_port").intValue());
        assertEquals(0, project.get("env_vars").size());
        assertEquals(2, project.get("revision").intValue());
        assertNull(api.projects.routes().find("myapp.localhost"));
    }

    @Test
    void putOfTheSameSettingsMakesNoRevision() {
        JsonNode project = TestApi.json(api.send("PUT", PATH, TestApi.NGINX));

        assertEquals(1, project.get("revision").intValue());
    }

    @ParameterizedTest
    @CsvSource({"pause, 5m", "stop, null"})
    void aLimitOfPausesLivesAsLongAsThereArePauses(String sleep, String left) {
        api.send(patch("{\"sleep\": \"pause\", \"pause_timeout\": \"5m\"}"));

        HttpResponse<String> response = api.send(patch("{\"sleep\": \"" + sleep + "\"}"));

        assertEquals(200, response.statusCode(), response.body());
        assertEquals(left, TestApi.json(response).get("pause_timeout").asText());
    }

    private HttpRequest.Builder patch(String body) {
        return api.request("PATCH", PATH)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT   | {'name': 'other', 'docker_image': 'img'} | name         | must be \"my-nginx-app\", as in the path",
                "PATCH | {'name': 'other'}                        | name         | must be \"my-nginx-app\", as in the path",
                "PATCH | {'name': null}                           | name         | cannot be removed",
                "PUT   | {'hostname': 'x.localhost'}              | docker_image | is required",
                "PATCH | {'docker_image': null}                   | docker_image | is required",
                "PATCH | {'container_port': 0}                    | container_port | must be a number from 1",
                "PATCH | {'env_vars': {'APP_ENV': {'x': null}}}   | env_vars.APP_ENV | must be a string",
                "PATCH | {'imagee': null}                         | imagee       | is not a field of a project",
                "PATCH | {'state': 'running'}                     | state        | is set by Luma",
                "PATCH | []                                       | ``           | must be a JSON object",
                "PUT   | 'text'                                   | ``           | must be a JSON object",
            },
            quoteCharacter = '`')
    void refusesWrongValues(String method, String body, String field, String message) {
        HttpResponse<String> response = api.send(method, PATH, body.replace('\'', '"'));

        assertEquals(422, response.statusCode(), response.body());
        JsonNode errors = TestApi.json(response).get("errors");
        assertEquals(1, errors.size(), response.body());
        assertEquals(field, errors.get(0).get("field").textValue());
        assertTrue(errors.get(0).get("message").textValue().startsWith(message), response.body());
        assertEquals(1, api.upstream("my-nginx-app").project().revision());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                     | {}",
                "{'container_port': 81}                 | {'container_port': 81}",
                "{'container_port': null}               | {'container_port': 8080}",
                "{'hostname': null}                     | {'hostname': 'my-nginx-app.localhost'}",
                "{'hostname': 'B.Example.'}             | {'hostname': 'b.example'}",
                "{'env_vars': {'A': 'b'}}               | {'env_vars': {'A': 'b', 'APP_ENV': 'development'}}",
                "{'env_vars': {'APP_ENV': null}}        | {'env_vars': {}}",
                "{'env_vars': {'APP_ENV': 'x'}}         | {'env_vars': {'APP_ENV': 'x'}}",
                "{'env_vars': null}                     | {'env_vars': {}}",
                "{'idle_timeout': '5m'}                 | {'idle_timeout': '5m'}",
                "{'max_request_body': '10m'}            | {'max_request_body': '10m'}",
                "{'max_request_body': 2048}             | {'max_request_body': '2k'}",
                "{'max_request_body': 0}                | {'max_request_body': '0'}",
                "{'idle_timeout': null}                 | {'idle_timeout': null}",
                "{'readiness': {'http_get': {'path': '/up'}}} | {'readiness': {'http_get': {'path': '/up'}}}",
                "{'readiness': {'http_get': {'path': '/?a=b', 'x': null}}} | {'readiness': {'http_get': {'path': '/?a=b'}}}",
                "{'sleep': 'pause'}                     | {'sleep': 'pause'}",
                "{'sleep': 'pause', 'pause_timeout': '5m'} | {'sleep': 'pause', 'pause_timeout': '5m'}",
                "{'ephemeral': true}                    | {'ephemeral': true}",
                "{'ephemeral': null}                    | {'ephemeral': false}",
                "{'cold_start': 'page'}                 | {'cold_start': 'page'}",
                "{'cold_start': null}                   | {'cold_start': 'wait'}",
                "{'prewarm': true}                      | {'prewarm': true}",
                "{'prewarm': null}                      | {'prewarm': false}",
                "{'readiness': {}}                      | {'readiness': null}",
                "{'readiness': null}                    | {'readiness': null}",
                "{'name': 'my-nginx-app'}               | {}",
                "{'docker_image': 'a', 'container_port': 1} | {'docker_image': 'a', 'container_port': 1}",
            },
            quoteCharacter = '`')
    void patchChangesWhatItNames(String patch, String changes) {
        ObjectNode expected = (ObjectNode) TestApi.json(TestApi.NGINX);
        expected.putNull("idle_timeout");
        expected.put("sleep", "stop");
        expected.putNull("pause_timeout");
        expected.put("ephemeral", false);
        expected.put("cold_start", "wait");
        expected.put("prewarm", false);
        expected.putNull("readiness");
        expected.putNull("max_request_body");
        expected.setAll((ObjectNode) TestApi.json(changes.replace('\'', '"')));

        HttpResponse<String> response = api.send(api.request("PATCH", PATH)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(patch.replace('\'', '"'))));

        assertEquals(200, response.statusCode(), response.body());
        ObjectNode shown = ((ObjectNode) TestApi.json(response))
                .retain(
                        "name",
                        "hostname",
                        "docker_image",
                        "container_port",
                        "env_vars",
                        "idle_timeout",
                        "sleep",
                        "pause_timeout",
                        "ephemeral",
                        "cold_start",
                        "prewarm",
                        "readiness",
                        "max_request_body");
        assertEquals(expected, shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PATCH | {}                                             | '/healthz'",
                "PATCH | {'readiness': {'http_get': {'path': '/up'}}}   | '/up'",
                "PATCH | {'readiness': {'http_get': null}}              | null",
                "PATCH | {'readiness': null}                            | null",
                "PUT   | {'docker_image': 'img'}                        | null",
                "PUT   | {'docker_image': 'img', 'readiness': {'http_get': {'path': '/up'}}} | '/up'",
            },
            quoteCharacter = '`')
    void changesWhatSaysThatTheAppIsReady(String method, String body, String path) {
        api.send("PATCH", PATH, "{\"readiness\": {\"http_get\": {\"path\": \"/healthz\"}}}");

        JsonNode project = TestApi.json(api.send(method, PATH, body.replace('\'', '"')));

        JsonNode expected = TestApi.json(
                path.equals("null") ? "null" : "{\"http_get\": {\"path\": " + path.replace('\'', '"') + "}}");
        assertEquals(expected, project.get("readiness"), project::toString);
    }

    @Test
    void aPathThatIsNoneIsRefused() {
        HttpResponse<String> response =
                api.send("PATCH", PATH, "{\"readiness\": {\"http_get\": {\"path\": \"healthz\"}}}");

        assertEquals(422, response.statusCode(), response.body());
        assertTrue(
                TestApi.json(response)
                        .get("detail")
                        .textValue()
                        .startsWith("readiness.http_get.path must begin with \"/\""),
                response.body());
    }

    @Test
    void aHostnameOfAnotherProjectIsAConflict() {
        api.post("/projects", "{\"name\": \"other\", \"docker_image\": \"img\"}");

        for (String method : List.of("PUT", "PATCH")) {
            HttpResponse<String> response = api.send(
                    method, "/projects/other", "{\"docker_image\": \"img\", \"hostname\": \"myapp.localhost\"}");

            assertEquals(409, response.statusCode());
            JsonNode error = TestApi.json(response).get("errors").get(0);
            assertEquals("hostname", error.get("field").textValue());
            assertTrue(error.get("message").textValue().contains("\"my-nginx-app\""), response.body());
        }
    }

    @ParameterizedTest
    @CsvSource({"GET", "PUT", "PATCH", "DELETE"})
    void anUnknownProjectIsNotFound(String method) {
        HttpResponse<String> response = api.send(method, "/projects/nobody", "{\"docker_image\": \"img\"}");

        assertEquals(404, response.statusCode());
        assertTrue(TestApi.json(response).get("detail").textValue().contains("no project \"nobody\""));
    }

    @Test
    void deleteForgetsTheProject() {
        HttpResponse<String> response = api.send(api.request("DELETE", PATH));

        assertEquals(204, response.statusCode());
        assertEquals("", response.body());
        assertTrue(response.headers().firstValue("content-length").isEmpty());
        assertEquals(404, api.get(PATH).statusCode());
        assertEquals(201, api.post("/projects", TestApi.NGINX).statusCode());
    }

    @Test
    void saysWhenAChangeCannotBeSaved() throws Exception {
        try (TestApi broken = new TestApi(ApiLimits.DEFAULTS, new FullDisk(), Transport.best())) {
            HttpResponse<String> response = broken.post("/projects", TestApi.NGINX);

            assertEquals(500, response.statusCode());
            String detail = TestApi.json(response).get("detail").textValue();
            assertTrue(detail.contains("No space left on device") && detail.contains("state_dir"), detail);
            assertEquals(0, broken.projects.all().size());
        }
    }

    private static final class FullDisk implements ProjectStore {
        @Override
        public Collection<Project> load() {
            return List.of();
        }

        @Override
        public void save(Project project) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public void delete(String name) throws IOException {
            throw new IOException("No space left on device");
        }
    }
}
