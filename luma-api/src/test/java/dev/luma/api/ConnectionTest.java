package dev.luma.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.InMemoryProjectStore;
import dev.luma.core.Limits;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection, byte by byte, with either transport. */
@ExtendWith(LeakWatch.class)
@ParameterizedClass
@EnumSource(Transport.class)
class ConnectionTest {

    private static final String HEALTH = "GET /healthz HTTP/1.1\nHost: localhost\n\n";
    private static final String START = """
            POST /projects/my-nginx-app/start HTTP/1.1
            Host: localhost
            Content-Type: application/json

            """;

    @Parameter
    private Transport transport;

    private TestApi api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi(ApiLimits.DEFAULTS, new InMemoryProjectStore(), transport);
        api.post("/projects", TestApi.NGINX);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void keepsTheConnection() throws IOException {
        try (RawClient client = api.raw()) {
            for (int i = 0; i < 3; i++) {
                String answer = client.send(HEALTH).answer();
                assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
                assertFalse(answer.contains("connection:"), answer);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /healthz HTTP/1.1\nHost: localhost\nConnection: close\n\n",
                "GET /healthz HTTP/1.0\n\n",
            })
    void closesTheConnectionWhenAsked(String head) throws IOException {
        try (RawClient client = api.raw()) {
            String all = client.send(head).rest();
            assertTrue(all.startsWith("HTTP/1.1 200 OK\r\n"), all);
            assertTrue(all.endsWith("{\n  \"status\": \"ok\"\n}\n"), all);
        }
    }

    @Test
    void keepsAnOldClientThatAsksForIt() throws IOException {
        try (RawClient client = api.raw()) {
            String head = "GET /healthz HTTP/1.0\nConnection: keep-alive\n\n";
            assertTrue(client.send(head).answer().contains("connection: keep-alive"));
            assertTrue(client.send(head).answer().contains("connection: keep-alive"));
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        api.runtime.appsAnswer = false;
        try (RawClient client = api.raw()) {
            client.send(START
                    + "HEAD /healthz HTTP/1.1\nHost: localhost\n\n"
                    + "GET /nothing HTTP/1.1\nHost: localhost\nContent-Length: 3\n\nabc"
                    + "GET /projects HTTP/1.1\nHost: localhost\n\n"
                    + HEALTH.repeat(200));
            await().until(() -> api.upstream("my-nginx-app").status().waiting() == 1);

            api.projects.close(Limits.DEFAULTS.drainTimeout());

            assertTrue(client.answer().startsWith("HTTP/1.1 503 "));
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 200 ") && head.contains("content-length: 21"), head);
            assertTrue(client.answer().startsWith("HTTP/1.1 404 "));
            assertTrue(client.answer().contains("\"projects\": ["));
            for (int i = 0; i < 200; i++) {
                assertTrue(client.answer().endsWith("{\n  \"status\": \"ok\"\n}\n"));
            }
        }
    }

    @Test
    void asksForTheBodyThatAClientHoldsBack() throws IOException {
        try (RawClient client = api.raw()) {
            String body = "{\"name\": \"app\", \"docker_image\": \"img\"}";
            client.send(
                    "POST /projects HTTP/1.1\nHost: localhost\nContent-Type: application/json\nExpect: 100-continue\n"
                            + "Content-Length: " + body.length() + "\n\n");
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.head());
            assertTrue(client.send(body).answer().startsWith("HTTP/1.1 201 Created\r\n"));
            assertTrue(client.send(HEALTH).answer().startsWith("HTTP/1.1 200 OK\r\n"), "the connection stays");
        }
    }

    @ParameterizedTest
    @CsvSource({"text/plain, 100-continue, 415", "application/json, 200-ok, 417"})
    void doesNotAskForABodyThatItRefuses(String type, String expectation, int status) throws IOException {
        try (RawClient client = api.raw()) {
            client.send("POST /projects HTTP/1.1\nHost: localhost\nContent-Type: " + type + "\nExpect: " + expectation
                    + "\nContent-Length: 2\n\n");
            if (status == 417) {
                client.send("{}");
            }
            String answer = client.answer();
            assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        }
    }

    @Test
    void readsChunkedBodies() throws IOException {
        try (RawClient client = api.raw()) {
            String answer = client.send("""
                    POST /projects HTTP/1.1
                    Host: localhost
                    Content-Type: application/json
                    Transfer-Encoding: chunked

                    f
                    {"name": "app",
                    18;x=y
                    "docker_image": "image"}
                    0
                    Trailer: yes

                    """).answer();
            assertTrue(answer.startsWith("HTTP/1.1 201 Created\r\n"), answer);
            assertTrue(client.send(HEALTH).answer().startsWith("HTTP/1.1 200 OK\r\n"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense~~                                                                   | 400",
                "GET /healthz HTTP/1.1~Host : localhost~~                                     | 400",
                "GET /healthz HTTP/1.1~Host: localhost~Content-Length: -1~~                   | 400",
                "GET /healthz HTTP/1.1~Host: localhost~Content-Length: 1~Content-Length: 2~~  | 400",
                "POST /projects HTTP/1.1~Host: localhost~Content-Type: application/json~"
                        + "Content-Length: 5~Transfer-Encoding: chunked~~0~~                  | 400",
                "POST /projects HTTP/1.1~Host: localhost~Content-Type: application/json~"
                        + "Transfer-Encoding: chunked~~zz~                                    | 400",
                "GET /healthz HTTP/1.1~Host: localhost~Transfer-Encoding: chunked, gzip~~     | 400",
            })
    void refusesWhatIsNotHttpAndCloses(String request, int status) throws IOException {
        try (RawClient client = api.raw()) {
            String all = client.send(request.strip().replace('~', '\n')).rest();
            assertTrue(all.startsWith("HTTP/1.1 " + status + " "), all);
            assertTrue(all.contains("connection: close"), all);
        }
    }

    @Test
    void boundsTheRequestLine() throws IOException {
        try (RawClient client = api.raw()) {
            String all = client.send("GET /" + "x".repeat(9_000) + " HTTP/1.1\nHost: localhost\n\n")
                    .rest();
            assertTrue(all.startsWith("HTTP/1.1 414 "), all);
        }
    }

    @Test
    void boundsTheHead() throws IOException {
        try (RawClient client = api.raw()) {
            String all = client.send(
                            "GET / HTTP/1.1\nHost: localhost\n" + "X-Filler: abcdefghijklmnop\n".repeat(1_000) + "\n")
                    .rest();
            assertTrue(all.startsWith("HTTP/1.1 431 "), all);
        }
    }

    @Test
    void answersAClientThatSendsNothingMore() throws IOException {
        try (RawClient client = api.raw()) {
            String all = client.send("GET /projects HTTP/1.1\nHost: localhost\n\n" + HEALTH)
                    .endOutput()
                    .rest();
            assertTrue(all.contains("my-nginx-app") && all.endsWith("{\n  \"status\": \"ok\"\n}\n"), all);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "'GET /healthz HTTP/1.1\nHost: loc', ''",
        "'POST /projects HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 9\n\n{', HTTP/1.1 408 ",
    })
    void doesNotWaitForeverForARequest(String sent, String answer) throws Exception {
        ApiLimits limits = TestApi.limits(Duration.ofMillis(700), Duration.ofMinutes(1), Duration.ofSeconds(5));
        try (TestApi hurried = new TestApi(limits, new InMemoryProjectStore(), transport);
                RawClient client = hurried.raw()) {
            String all = client.send(sent).rest();
            assertTrue(answer.isEmpty() ? all.isEmpty() : all.startsWith(answer), all);
        }
    }

    @Test
    void closesAnIdleConnection() throws Exception {
        ApiLimits limits = TestApi.limits(Duration.ofMillis(700), Duration.ofMinutes(1), Duration.ofSeconds(5));
        try (TestApi hurried = new TestApi(limits, new InMemoryProjectStore(), transport);
                RawClient client = hurried.raw()) {
            assertTrue(client.send(HEALTH).answer().startsWith("HTTP/1.1 200 OK\r\n"));
            assertEquals("", client.rest());
        }
    }

    @Test
    void finishesWhatIsUnderWayWhenItStops() throws IOException {
        api.runtime.appsAnswer = false;
        try (RawClient busy = api.raw();
                RawClient idle = api.raw()) {
            assertTrue(idle.send(HEALTH).answer().startsWith("HTTP/1.1 200 OK\r\n"));
            busy.send(START);
            await().until(() -> api.upstream("my-nginx-app").status().waiting() == 1);

            var stopped = api.server.stop().toCompletableFuture();

            assertEquals("", idle.rest());
            assertFalse(stopped.isDone());
            api.projects.close(Limits.DEFAULTS.drainTimeout());
            String answer = busy.rest();
            assertTrue(answer.startsWith("HTTP/1.1 503 ") && answer.contains("connection: close"), answer);
            stopped.join();
            await().until(() -> api.loopThreads.stream().noneMatch(Thread::isAlive));
            assertEquals(1, api.loopThreads.size());
        }
    }

    @Test
    void doesNotWaitForeverWhenItStops() throws Exception {
        ApiLimits limits = TestApi.limits(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMillis(50));
        try (TestApi hurried = new TestApi(limits, new InMemoryProjectStore(), transport)) {
            hurried.post("/projects", TestApi.NGINX);
            hurried.runtime.appsAnswer = false;
            try (RawClient client = hurried.raw()) {
                client.send(START);
                await().until(() -> hurried.upstream("my-nginx-app").status().waiting() == 1);

                hurried.server.stop().toCompletableFuture().join();

                assertEquals("", client.rest());
                assertEquals(0, hurried.upstream("my-nginx-app").status().waiting());
            }
        }
    }
}
