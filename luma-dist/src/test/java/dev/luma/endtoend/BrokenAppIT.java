package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An app that cannot serve gets its visitors a clear answer in good time, and its operator the reason. */
class BrokenAppIT {

    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @ParameterizedTest(name = "with {0} sandboxes")
    @ValueSource(ints = {0, 1})
    void anAppThatExitsAtOnce(int sandboxes) throws Exception {
        App app = App.named("fails").mode("exit");
        luma.startWithSandboxes(sandboxes);
        luma.register(app);
        JsonNode failure = refusedWithin(AT_ONCE, app, 503, "START_FAILED", "exited with code 3");
        assertEquals(
                "cannot open the database", failure.path("last_lines").path(0).asText());
    }

    @ParameterizedTest(name = "with {0} sandboxes")
    @ValueSource(ints = {0, 1})
    void anAppThatNeverListens(int sandboxes) throws Exception {
        App app = App.named("mute").mode("mute");
        luma.set("start_timeout", "2s");
        luma.startWithSandboxes(sandboxes);
        luma.register(app);
        refusedWithin(AT_ONCE, app, 503, "START_FAILED", "port 80");
    }

    @Test
    void anAppThatListensOnAnotherPort() throws Exception {
        App app = App.named("elsewhere").variable("APP_PORT", "81");
        luma.set("start_timeout", "2s");
        luma.start();
        luma.register(app);
        refusedWithin(AT_ONCE, app, 503, "START_FAILED", "port 80");
    }

    @Test
    void anAppThatNeedsLongerThanItsVisitorsWait() throws Exception {
        App app = App.named("tardy").mode("late").variable("APP_DELAY", "4");
        luma.set("wait_timeout", "1s");
        luma.start();
        luma.register(app);
        HttpResponse<String> early = luma.get(app, "/");
        assertEquals(504, early.statusCode(), early::body);
        assertEquals("START_TIMEOUT", reason(early));
        luma.awaitState(app, "running");
        assertEquals("hello\n", luma.get(app, "/").body(), "the start went on without them");
    }

    @Test
    void anImageThatDoesNotExist() throws Exception {
        // A registry that refuses connections: the answer does not depend on a network.
        App app = App.named("imageless").image("127.0.0.1:1/none:1");
        luma.start();
        luma.register(app);
        refusedWithin(Duration.ofSeconds(20), app, 503, "START_FAILED", "127.0.0.1:1/none:1");
    }

    @Test
    void aHostThatNobodyRegistered() throws Exception {
        luma.start();
        HttpResponse<String> answer = luma.get(App.named("nobody"), "/");
        assertEquals(404, answer.statusCode(), answer::body);
        assertEquals("UNKNOWN_HOST", reason(answer));
    }

    /** Asks the app, and returns what the API says of its failure. */
    private JsonNode refusedWithin(Duration limit, App app, int status, String reason, String hint) throws Exception {
        HttpResponse<String> answer = assertTimeout(limit, () -> luma.get(app, "/"));
        assertEquals(status, answer.statusCode(), answer::body);
        assertEquals(reason, reason(answer));
        assertTrue(answer.headers().firstValue("Retry-After").isPresent(), "it says when to come again");
        assertTrue(answer.body().contains(hint), answer::body);
        assertFalse(answer.body().contains("database"), "a visitor sees nothing of the log");
        JsonNode project = luma.project(app);
        assertEquals("failed", project.path("state").asText());
        await("the container to be gone").until(() -> luma.containers().isEmpty());
        JsonNode failure = project.path("last_failure");
        assertEquals(reason, failure.path("reason").asText());
        assertTrue(failure.path("detail").asText().contains(hint), failure::toString);
        return failure;
    }

    private static String reason(HttpResponse<String> answer) {
        return answer.headers().firstValue("Luma-Reason").orElse("none");
    }
}
