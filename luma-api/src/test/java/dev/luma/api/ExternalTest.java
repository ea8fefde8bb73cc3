package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Projects of something that runs already. */
@ExtendWith(LeakWatch.class)
class ExternalTest {

    private static final String NAS = "{'name': 'nas', 'upstream': 'nas.lan:5000'}".replace('\'', '"');

    private TestApi api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private JsonNode change(String method, String body) {
        HttpResponse<String> response = api.send(method, "/projects/nas", body.replace('\'', '"'));
        assertEquals(200, response.statusCode(), response.body());
        return TestApi.json(response);
    }

    @Test
    void showsTheUpstreamAndNothingOfContainers() {
        HttpResponse<String> response = api.post("/projects", NAS);
        assertEquals(201, response.statusCode(), response.body());
        JsonNode project = TestApi.json(response);
        assertEquals("nas.lan:5000", project.get("upstream").textValue());
        assertEquals("nas.localhost", project.get("hostname").textValue());
        assertFalse(project.has("docker_image") || project.has("container_port") || project.has("env_vars"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'name': 'a', 'upstream': 'nas'}                                    | upstream       | must be a host and a port",
                "{'name': 'a', 'upstream': 80}                                       | upstream       | must be a string",
                "{'name': 'a', 'upstream': 'nas:80', 'docker_image': 'nginx'}        | docker_image   | cannot stand beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'container_port': 80}           | container_port | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'env_vars': {'A': 'b'}}         | env_vars       | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'sleep': 'pause'}               | sleep          | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'prewarm': true}                | prewarm        | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'pause_timeout': '5s'}          | pause_timeout  | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'ephemeral': true}             | ephemeral      | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'cold_start': 'page'}           | cold_start     | has no meaning beside upstream",
                "{'name': 'a', 'upstream': 'nas:80', 'idle_timeout': '5s'}           | idle_timeout   | has no meaning beside upstream",
            })
    void refusesWhatDoesNotFit(String body, String field, String message) {
        HttpResponse<String> response = api.post("/projects", body.replace('\'', '"'));
        assertEquals(422, response.statusCode(), response.body());
        JsonNode errors = TestApi.json(response).get("errors");
        assertEquals(1, errors.size(), response.body());
        assertEquals(field, errors.get(0).get("field").textValue());
        assertTrue(errors.get(0).get("message").textValue().startsWith(message), response.body());
    }

    @Test
    void changesToAContainerAndBack() {
        api.post("/projects", NAS);
        JsonNode container = change("PATCH", "{'docker_image': 'nginx', 'container_port': 80}");
        assertEquals("nginx", container.get("docker_image").textValue());
        assertFalse(container.has("upstream"));
        JsonNode external = change(
                "PATCH",
                "{'upstream': '[::1]:80', 'max_request_body': '1m', 'readiness': {'http_get': {'path': '/up'}}}");
        assertEquals("[::1]:80", external.get("upstream").textValue());
        assertFalse(external.has("docker_image"));
        assertEquals("1m", external.get("max_request_body").textValue());
        assertEquals("/up", external.at("/readiness/http_get/path").textValue());
        assertEquals(
                "nginx:2",
                change("PUT", "{'docker_image': 'nginx:2'}").get("docker_image").textValue());
    }

    @Test
    void cannotBeStopped() {
        api.post("/projects", NAS);
        HttpResponse<String> response = api.post("/projects/nas/stop", "");
        assertEquals(409, response.statusCode(), response.body());
        assertTrue(TestApi.json(response).get("detail").textValue().contains("cannot be stopped"), response.body());
    }
}
