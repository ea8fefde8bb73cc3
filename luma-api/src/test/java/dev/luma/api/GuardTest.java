package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is kept out: other hosts' names, web pages, and bodies that a web page could send. */
@ExtendWith(LeakWatch.class)
class GuardTest {

    private TestApi api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost:8081",
                "localhost.",
                "luma.localhost:99",
                "127.0.0.1",
                "127.8.9.10:8081",
                "[::1]",
                "[::1]:8081",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
            })
    void answersToLoopbackNames(String host) throws IOException {
        try (RawClient client = api.raw()) {
            assertStatus(200, client.send("GET /healthz HTTP/1.1\nHost: " + host + "\n\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8081",
                "localhost.evil.example",
                "evillocalhost",
                "127.0.0.1.evil.example",
                "127.1",
                "2130706433",
                "0.0.0.0",
                "10.0.0.1",
                "[::2]",
                "[::]",
                "localhost@evil.example",
                "evil.example@localhost",
                "",
            })
    void refusesOtherNames(String host) throws IOException {
        try (RawClient client = api.raw()) {
            String answer = client.send("GET /projects HTTP/1.1\nHost: " + host + "\n\n")
                    .answer();

            assertTrue(answer.startsWith("HTTP/1.1 421 Misdirected Request\r\n"), answer);
            assertTrue(answer.contains("loopback names only"), answer);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET http://localhost/healthz HTTP/1.1~Host: localhost           | 200",
                "GET http://[::1]:8081/healthz?x=y HTTP/1.1~Host: localhost      | 200",
                "GET http://localhost HTTP/1.1~Host: localhost                   | 200",
                "GET http://evil.example/healthz HTTP/1.1~Host: localhost        | 421",
                "GET http://localhost/healthz HTTP/1.1~Host: evil.example        | 421",
                "GET /healthz HTTP/1.1~Accept: */*                               | 400",
                "GET /healthz HTTP/1.1~Host: localhost~Host: localhost           | 400",
                "GET /healthz HTTP/1.0~Accept: */*                               | 200",
                "GET /healthz HTTP/1.0~Host: evil.example                        | 421",
                "OPTIONS * HTTP/1.1~Host: localhost                              | 204",
                "GET * HTTP/1.1~Host: localhost                                  | 404",
                "GET /%zz HTTP/1.1~Host: localhost                               | 400",
                "CONNECT localhost:80 HTTP/1.1~Host: localhost:80                | 404",
                "GET /healthz HTTP/2.0~Host: localhost                           | 505",
            })
    void readsTheTargetAndTheHostOnce(String head, int status) throws IOException {
        try (RawClient client = api.raw()) {
            assertStatus(status, client.send(head.strip().replace('~', '\n') + "\n\n"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example",
        "Origin, null",
        "Origin, http://localhost:8081",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site",
    })
    void takesNoChangesFromWebPages(String header, String value) {
        api.post("/projects", TestApi.NGINX);
        List<HttpRequest.Builder> forged = List.of(
                api.request("POST", "/projects", "{\"name\": \"a\", \"docker_image\": \"a\"}"),
                api.request("PUT", "/projects/my-nginx-app", "{\"docker_image\": \"a\"}"),
                api.request("PATCH", "/projects/my-nginx-app", "{\"docker_image\": \"a\"}"),
                api.request("DELETE", "/projects/my-nginx-app"),
                api.request("POST", "/projects/my-nginx-app/start", ""),
                api.request("POST", "/projects/my-nginx-app/stop", ""));

        for (HttpRequest.Builder request : forged) {
            HttpResponse<String> response = api.send(request.header(header, value));

            assertEquals(403, response.statusCode(), response.body());
        }
        assertEquals(1, api.projects.all().size());
        assertEquals(1, api.upstream("my-nginx-app").project().revision());
        assertEquals(0, api.runtime.starts.get());
        assertEquals(
                200,
                api.send(api.request("GET", "/projects").header(header, value)).statusCode());
    }

    @ParameterizedTest
    @CsvSource({"same-origin", "none"})
    void takesChangesThatTheUserMakesHere(String site) {
        HttpResponse<String> response =
                api.send(api.request("POST", "/projects", TestApi.NGINX).header("Sec-Fetch-Site", site));

        assertEquals(201, response.statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST   | /projects       |                                   | 415",
                "POST   | /projects       | text/plain                        | 415",
                "POST   | /projects       | application/x-www-form-urlencoded | 415",
                "POST   | /projects       | multipart/form-data; boundary=x   | 415",
                "POST   | /projects       | application/merge-patch+json      | 415",
                "POST   | /projects       | text/plain; application/json      | 415",
                "POST   | /projects       | application/json; charset=latin1  | 415",
                "POST   | /projects       | application/json; charset=UTF-8   | 422",
                "POST   | /projects       | Application/JSON                  | 422",
                "POST   | /projects/a/start |                                 | 415",
                "POST   | /projects/a/stop  |                                 | 415",
                "POST   | /projects/a/start | application/json                | 404",
                "PUT    | /projects/a     | text/plain                        | 415",
                "PATCH  | /projects/a     | text/plain                        | 415",
                "PATCH  | /projects/a     | application/merge-patch+json      | 404",
                "DELETE | /projects/a     | text/plain                        | 415",
                "DELETE | /projects/a     | application/json                  | 404",
            })
    void bodiesHaveToBeJson(String method, String path, String type, int status) {
        HttpRequest.Builder request =
                api.request(method, path).method(method, HttpRequest.BodyPublishers.ofString("{}"));
        if (type != null) {
            request.header("Content-Type", type);
        }

        HttpResponse<String> response = api.send(request);

        assertEquals(status, response.statusCode(), response.body());
        if (status == 415) {
            assertEquals(
                    method.equals("PATCH") ? "application/json, application/merge-patch+json" : "application/json",
                    response.headers()
                            .firstValue(method.equals("PATCH") ? "accept-patch" : "accept")
                            .orElseThrow());
        }
    }

    @Test
    void bodiesMustNotBeCompressed() {
        HttpResponse<String> response =
                api.send(api.request("POST", "/projects", "x").header("Content-Encoding", "gzip"));

        assertEquals(415, response.statusCode());
        assertEquals(
                "identity", response.headers().firstValue("accept-encoding").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, 8081", "192.168.1.5, 8081", "example.com, 8081", "127.0.0.1, 65536", "127.0.0.1, -1"})
    void listensOnLoopbackOnly(String host, int port) {
        assertThrows(IllegalArgumentException.class, () -> new ApiSettings(host, port, 8080, "1"));
    }

    private static void assertStatus(int status, RawClient client) throws IOException {
        String answer = client.answer();
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    }
}
