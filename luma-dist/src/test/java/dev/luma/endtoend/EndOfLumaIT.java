package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Luma ends when it is asked to, and comes back from an end that nobody asked for. */
class EndOfLumaIT {

    private final App awake = App.named("awake");
    private final App waking = App.named("waking").mode("late").variable("APP_DELAY", "30");

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void sigtermLetsRequestsInFlightFinishAndRefusesParkedOnes() throws Exception {
        luma.start();
        luma.register(awake);
        luma.register(waking);
        CompletableFuture<HttpResponse<String>> inFlight = luma.getLater(awake, "/cgi-bin/slow?5");
        CompletableFuture<HttpResponse<String>> parked = luma.getLater(waking, "/");
        awaitBothContainers();

        luma.terminate();
        HttpResponse<String> refused = parked.get(2, TimeUnit.SECONDS);
        assertFalse(inFlight.isDone(), "parked requests need not wait for those in flight");
        assertEquals(503, refused.statusCode());
        assertEquals(
                "SHUTTING_DOWN", refused.headers().firstValue("Luma-Reason").orElse("none"));
        assertEquals("done\n", inFlight.get(20, TimeUnit.SECONDS).body());
        assertEquals(0, luma.awaitExit());
        assertEquals(0, luma.containers().size());
    }

    @Test
    void afterSigkillANewLumaTakesOver() throws Exception {
        luma.start();
        luma.register(awake);
        luma.register(waking);
        CompletableFuture<HttpResponse<String>> inFlight = luma.getLater(awake, "/cgi-bin/slow?60");
        CompletableFuture<HttpResponse<String>> parked = luma.getLater(waking, "/");
        awaitBothContainers();

        luma.kill();
        assertThrows(CompletionException.class, inFlight::join);
        assertThrows(CompletionException.class, parked::join);
        assertEquals(2, luma.containers().size(), "what SIGKILL leaves behind");
        luma.start();
        assertEquals("hello\n", luma.get(awake, "/").body(), "registered still, and serving again");
        assertEquals("waking", luma.project(waking).path("name").asText());
        await("one container, for the project that was asked for")
                .until(() -> luma.containers().size() == 1);
    }

    @Test
    void settingsOfProjectsSurvive() throws Exception {
        App app = App.named("kept").variable("GREETING", "good morning").sleepsAfter("90s");
        luma.start();
        luma.register(app);
        luma.terminate();
        assertEquals(0, luma.awaitExit());
        luma.start();
        assertEquals("90s", luma.project(app).path("idle_timeout").asText());
        assertEquals("good morning\n", luma.get(app, "/cgi-bin/env?GREETING").body());
    }

    private void awaitBothContainers() {
        await("one in flight")
                .until(() -> luma.project(awake).at("/instances/0/in_flight").asInt() == 1);
        await("one parked").until(() -> luma.project(waking).path("waiting").asInt() == 1);
        await("both containers")
                .until(() -> luma.containers().stream()
                                .filter(container -> "running".equals(container.getState()))
                                .count()
                        == 2);
    }
}
