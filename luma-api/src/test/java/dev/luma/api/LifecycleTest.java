package dev.luma.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.luma.core.Admission;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.Lease;
import dev.luma.core.Limits;
import dev.luma.core.ProjectStatus;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code POST /projects/{name}/start} and {@code /stop}. */
@ExtendWith(LeakWatch.class)
class LifecycleTest {

    private static final String START = "/projects/my-nginx-app/start";
    private static final String STOP = "/projects/my-nginx-app/stop";

    private TestApi api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApi();
        api.post("/projects", TestApi.NGINX);
    }

    @AfterEach
    void stop() {
        api.runtime.stopped.complete(null);
        api.close();
    }

    @Test
    void startWakesTheProject() {
        HttpResponse<String> response = api.post(START, "");

        assertEquals(200, response.statusCode(), response.body());
        JsonNode project = TestApi.json(response);
        assertEquals("running", project.get("state").textValue());
        assertEquals(0, project.get("waiting").intValue());
        assertEquals(0, project.at("/instances/0/in_flight").intValue(), "the lease is given back");

        assertEquals(200, api.post(START, "{}").statusCode());
        assertEquals(1, api.runtime.starts.get(), "one that runs is left running");
    }

    /** The answers show the project as it is, so its status must not lag behind the outcome that they tell of. */
    @Test
    void anOutcomeIsToldAfterItsStatusCanBeSeen() {
        Upstream upstream = api.upstream("my-nginx-app");
        List<ProjectStatus> seen = new ArrayList<>();
        Admission.Listener listener = new Admission.Listener() {
            @Override
            public void granted(Lease lease) {
                lease.release();
                seen.add(upstream.status());
            }

            @Override
            public void refused(Refusal refusal) {
                seen.add(upstream.status());
            }
        };

        upstream.acquire(Long.MAX_VALUE, listener);
        upstream.sleep();
        api.runtime.startFails = Optional.of(FakeRuntime.failure("broken"));
        upstream.acquire(Long.MAX_VALUE, listener);

        assertEquals(
                List.of(ProjectStatus.State.RUNNING, ProjectStatus.State.FAILED),
                seen.stream().map(ProjectStatus::state).toList());
        assertTrue(seen.stream().allMatch(status -> status.waiting() == 0), seen.toString());
    }

    @Test
    void startAnswersWhenTheAppDoes() {
        api.runtime.appsAnswer = false;
        CompletableFuture<HttpResponse<String>> response = api.sendLater(api.request("POST", START, ""));
        await().until(() -> waiting() == 1);

        assertEquals(
                "starting",
                TestApi.json(api.get("/projects/my-nginx-app")).get("state").textValue());
        assertFalse(response.isDone());
        api.time.advance(Duration.ofSeconds(60));

        HttpResponse<String> late = response.join();
        assertEquals(504, late.statusCode());
        JsonNode problem = TestApi.json(late);
        assertEquals("START_TIMEOUT", problem.get("reason").textValue());
        assertTrue(problem.get("detail").textValue().contains("does not answer on port 80"), late.body());
        assertEquals("1", late.headers().firstValue("retry-after").orElseThrow());
    }

    @Test
    void startSaysWhyItFailed() {
        api.runtime.startFails = Optional.of(FakeRuntime.failure("my-nginx-app exited with code 3", "secret"));

        HttpResponse<String> response = api.post(START, "");

        assertEquals(503, response.statusCode());
        JsonNode problem = TestApi.json(response);
        assertEquals("START_FAILED", problem.get("reason").textValue());
        assertEquals("my-nginx-app exited with code 3", problem.get("detail").textValue());
        assertEquals("1", response.headers().firstValue("retry-after").orElseThrow());
        assertEquals(
                "failed",
                TestApi.json(api.get("/projects/my-nginx-app")).get("state").textValue());
    }

    @Test
    void startSaysWhenTheEngineIsDown() {
        api.runtime.startFails = Optional.of(
                new StartFailure(Refusal.Reason.RUNTIME_DOWN, "the container engine does not answer", List.of()));

        HttpResponse<String> response = api.post(START, "");

        assertEquals(503, response.statusCode());
        assertEquals("RUNTIME_DOWN", TestApi.json(response).get("reason").textValue());
    }

    @Test
    void startIsRefusedWhenLumaStops() {
        api.runtime.appsAnswer = false;
        CompletableFuture<HttpResponse<String>> response = api.sendLater(api.request("POST", START, ""));
        await().until(() -> waiting() == 1);

        api.projects.close(Limits.DEFAULTS.drainTimeout());

        assertEquals(503, response.join().statusCode());
        assertEquals(
                "SHUTTING_DOWN", TestApi.json(response.join()).get("reason").textValue());
    }

    @Test
    void startIsOverWhenTheProjectIsDeleted() {
        api.runtime.appsAnswer = false;
        CompletableFuture<HttpResponse<String>> response = api.sendLater(api.request("POST", START, ""));
        await().until(() -> waiting() == 1);

        assertEquals(
                204, api.send(api.request("DELETE", "/projects/my-nginx-app")).statusCode());

        assertEquals(404, response.join().statusCode());
    }

    @ParameterizedTest
    @EnumSource(Leaving.class)
    void aClientThatLeavesLeavesTheLine(Leaving leaving) throws IOException {
        api.runtime.appsAnswer = false;
        try (RawClient client = api.raw()) {
            client.send("POST " + START + " HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\n");
            await().until(() -> waiting() == 1);

            leaving.leave(client);

            await().until(() -> waiting() == 0);
        }
    }

    enum Leaving {
        CLOSED {
            @Override
            void leave(RawClient client) throws IOException {
                client.close();
            }
        },
        HALF_CLOSED {
            @Override
            void leave(RawClient client) throws IOException {
                client.endOutput();
                assertEquals("", client.rest());
            }
        };

        abstract void leave(RawClient client) throws IOException;
    }

    @Test
    void stopPutsTheProjectToSleep() {
        api.post(START, "");

        HttpResponse<String> response = api.post(STOP, "");

        assertEquals(200, response.statusCode(), response.body());
        assertEquals("stopped", TestApi.json(response).get("state").textValue());
        assertEquals(1, api.runtime.stops.get());
        assertEquals(200, api.post(STOP, "").statusCode(), "one that sleeps is left asleep");
    }

    @Test
    void stopAnswersWhenTheContainerIsGone() {
        api.post(START, "");
        api.runtime.stopped = new CompletableFuture<>();
        CompletableFuture<HttpResponse<String>> response = api.sendLater(api.request("POST", STOP, ""));
        await().until(() -> api.runtime.stops.get() == 1);

        assertEquals(
                "stopping",
                TestApi.json(api.get("/projects/my-nginx-app")).get("state").textValue());
        assertFalse(response.isDone());
        api.runtime.stopped.complete(null);

        assertEquals("stopped", TestApi.json(response.join()).get("state").textValue());
    }

    @Test
    void stopIsNotWaitedForForever() throws Exception {
        ApiLimits limits = TestApi.limits(Duration.ofMinutes(1), Duration.ofMillis(50), Duration.ofSeconds(5));
        try (TestApi hurried = new TestApi(limits)) {
            hurried.post("/projects", TestApi.NGINX);
            hurried.post(START, "");
            hurried.runtime.stopped = new CompletableFuture<>();

            HttpResponse<String> slow = hurried.post(STOP, "");
            assertEquals(504, slow.statusCode());
            assertEquals("STOP_TIMEOUT", TestApi.json(slow).get("reason").textValue());

            hurried.runtime.status = new ContainerRuntime.Status(false, "no engine");
            HttpResponse<String> down = hurried.post(STOP, "");
            assertEquals(503, down.statusCode());
            assertEquals("RUNTIME_DOWN", TestApi.json(down).get("reason").textValue());
            hurried.runtime.stopped.complete(null);
        }
    }

    private int waiting() {
        return api.upstream("my-nginx-app").status().waiting();
    }
}
