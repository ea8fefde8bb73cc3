package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An app that takes connections before it can serve gets no requests until it says that it is ready. */
class ReadinessIT {

    private static final String READY = "/cgi-bin/ready";
    private static final String NOT_YET = "not ready on port 80";
    private static final String SEEN = "it answered 503 at " + READY;

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    private static App coldFor(String seconds) {
        return App.named("boots").mode("cold").variable("APP_DELAY", seconds);
    }

    @Test
    void requestsWaitUntilTheAppIsReady() throws Exception {
        App app = coldFor("2").readyAt(READY);
        luma.start();
        luma.register(app);
        HttpResponse<String> first = luma.get(app, READY);
        assertEquals("200 warm\n", first.statusCode() + " " + first.body());
        assertEquals(READY, luma.project(app).at("/readiness/http_get/path").asText());
    }

    /** What the other tests rely on: without the question the app is asked too early. */
    @Test
    void withoutAQuestionAConnectionIsEnough() throws Exception {
        App app = coldFor("3600");
        luma.start();
        luma.register(app);
        assertEquals("cold\n", luma.get(app, READY).body());
    }

    @Test
    void whoWaitedInVainHearsWhatWasSeen() throws Exception {
        App app = coldFor("3600").readyAt(READY);
        luma.set("wait_timeout", "2s");
        luma.set("start_timeout", "5s");
        luma.start();
        luma.register(app);
        HttpResponse<String> early = luma.get(app, "/");
        assertEquals(504, early.statusCode(), early::body);
        assertTrue(early.body().contains(NOT_YET) && early.body().contains(SEEN), early::body);
        luma.awaitState(app, "failed");
        JsonNode failure = luma.project(app).path("last_failure");
        assertEquals(
                "boots was not ready on port 80 within 5s: " + SEEN,
                failure.path("detail").asText());
    }

    @Test
    void aCorrectedPathIsTakenWithoutANewContainer() throws Exception {
        App app = App.named("boots").readyAt("/cgi-bin/raedy");
        luma.start();
        luma.register(app);
        var waiting = luma.getLater(app, "/who");
        luma.awaitState(app, "starting");
        patch(app, READY);
        String who = waiting.join().body();
        assertEquals(List.of(who.strip()), containers());
        patch(app, "/other");
        assertEquals("running", luma.state(app));
        assertEquals(who, luma.get(app, "/who").body());
        assertEquals(List.of(who.strip()), containers());
    }

    private List<String> containers() throws Exception {
        return luma.containers().stream()
                .map(container -> container.getId().substring(0, 12))
                .toList();
    }

    private void patch(App app, String path) {
        HttpResponse<String> answer = luma.api(
                "PATCH",
                "/projects/" + app.name(),
                Optional.of("{\"readiness\": {\"http_get\": {\"path\": \"" + path + "\"}}}"));
        assertEquals(200, answer.statusCode(), answer::body);
    }
}
