package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies that are no JSON, or too large. */
@ExtendWith(LeakWatch.class)
class BodyTest {

    private static final int MEGABYTE = 1024 * 1024;

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
    @CsvSource(
            delimiter = '|',
            value = {
                "{                        | line 1, column 2",
                "{~  'name': 'a',~}       | line 3, column 1",
                "{'name': 'a'} {}         | line 1, column 15",
                "{'name': 'a', 'name': 'b'} | line 1, column 21",
                "{name: 'a'}              | line 1, column 2",
                "nonsense                 | line 1, column 1)",
                "{'a': NaN}               | line 1, column 10",
                "``                       | The body is empty",
            },
            quoteCharacter = '`')
    void saysWhereTheJsonIsWrong(String body, String where) {
        HttpResponse<String> response =
                api.post("/projects", body.replace('\'', '"').replace('~', '\n'));

        assertEquals(400, response.statusCode());
        String detail = TestApi.json(response).get("detail").textValue();
        assertTrue(detail.contains(where), detail);
    }

    @Test
    void refusesBrokenText() {
        HttpResponse<String> response = api.send(api.request("POST", "/projects", "")
                .method("POST", BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xc3, '"', '}'})));

        assertEquals(400, response.statusCode());
    }

    @Test
    void takesABodyOfOneMebibyte() {
        assertEquals(201, api.post("/projects", padded(MEGABYTE)).statusCode());
    }

    @Test
    void refusesALargerBody() {
        HttpResponse<String> response = api.post("/projects", padded(MEGABYTE + 1));

        assertEquals(413, response.statusCode());
        assertEquals("Content Too Large", TestApi.json(response).get("title").textValue());
        assertEquals(0, api.projects.all().size());
    }

    @Test
    void refusesALargerBodyOfUnknownLength() {
        byte[] body = padded(4 * MEGABYTE).getBytes(StandardCharsets.UTF_8);

        HttpResponse<String> response = api.send(api.request("POST", "/projects", "")
                .method("POST", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

        assertEquals(413, response.statusCode());
    }

    @Test
    void refusesALargerBodyBeforeItIsSent() throws IOException {
        try (RawClient client = api.raw()) {
            String answer = client.send("""
                            POST /projects HTTP/1.1
                            Host: localhost
                            Content-Type: application/json
                            Content-Length: 5000000
                            Expect: 100-continue

                            """).answer();

            assertTrue(answer.startsWith("HTTP/1.1 413 Content Too Large\r\n"), answer);
            assertTrue(answer.contains("connection: close"), answer);
            assertEquals("", client.rest());
        }
    }

    private static String padded(int length) {
        return TestApi.NGINX + " ".repeat(length - TestApi.NGINX.length());
    }
}
