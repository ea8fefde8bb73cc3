package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who looks at an app with a browser, and the app boots slowly. */
class WaitingPageIT {

    private static final String STREAM = "/.well-known/luma/wake";

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    private void register(App app) throws Exception {
        luma.start();
        luma.register(app);
        HttpResponse<String> answer =
                luma.api("PATCH", "/projects/" + app.name(), Optional.of("{\"cold_start\": \"page\"}"));
        assertEquals(200, answer.statusCode(), answer::body);
    }

    private HttpResponse<String> visit(App app) {
        HttpRequest request = luma.request(app, "/who")
                .header("Accept", "text/html,*/*;q=0.8")
                .header("Sec-Fetch-Mode", "navigate")
                .header("Sec-Fetch-Dest", "document")
                .build();
        return luma.send(request, BodyHandlers.ofString());
    }

    private static String reason(HttpResponse<?> answer) {
        return answer.statusCode() + " "
                + answer.headers().firstValue("Luma-Reason").orElse("");
    }

    /** What a stream tells until Luma ends it, by the names of the events and the phases. */
    private List<String> listen(App app) {
        HttpResponse<Stream<String>> answer =
                luma.send(luma.request(app, STREAM).build(), BodyHandlers.ofLines());
        assertEquals(
                "text/event-stream", answer.headers().firstValue("Content-Type").orElse(""));
        try (Stream<String> lines = answer.body()) {
            return lines.filter(line -> line.startsWith("event: ") || line.startsWith("data: "))
                    .map(line -> line.replaceAll("^event: |^data: |,\"ahead.*|,\"retry.*", ""))
                    .toList();
        }
    }

    @Test
    void aBrowserIsShownThePageAndThenTheAppWhileAProgramWaits() throws Exception {
        App app = App.named("sleepyhead").mode("late").variable("APP_DELAY", "3");
        register(app);
        CompletableFuture<HttpResponse<String>> program = luma.getLater(app, "/who");
        HttpResponse<String> page = visit(app);
        assertEquals("503 WAKING", reason(page), page::body);
        assertTrue(page.body().contains("sleepyhead is waking up"), page::body);
        List<String> told = listen(app);
        assertEquals(
                List.of("progress", "{\"phase\":\"ready\"", "ready", "{}"), told.subList(told.size() - 4, told.size()));
        HttpResponse<String> shown = visit(app);
        assertEquals(200, shown.statusCode(), shown::body);
        assertEquals(shown.body(), program.join().body(), "the same container");
        assertEquals(1, luma.containers().size());

        // The second time it is known to be slow.
        luma.api("POST", "/projects/sleepyhead/stop", Optional.of(""));
        assertEquals("503 WAKING", reason(visit(app)));
        luma.awaitState(app, "running");
    }

    @Test
    void aFailedStartIsToldOnThePage() throws Exception {
        App app = App.named("hopeless").mode("exit");
        register(app);
        HttpResponse<String> page = visit(app);
        assertEquals("503 START_FAILED", reason(page), page::body);
        String sentence = "hopeless exited with code 3 before it answered on port 80";
        assertTrue(page.body().contains(sentence + "."), page::body);
        assertEquals(List.of("failed", "{\"detail\":\"" + sentence + "\""), end(listen(app)));
    }

    private static List<String> end(List<String> told) {
        return told.subList(Math.max(0, told.size() - 2), told.size());
    }
}
