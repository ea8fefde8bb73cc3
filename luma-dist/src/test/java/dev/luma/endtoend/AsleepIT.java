package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever is done to a project while it sleeps, the request that wakes it gets the right answer. */
class AsleepIT {

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void settingsChangedWhileItIsStopped() throws Exception {
        App app = App.named("changed").variable("GREETING", "old").sleepsAfter("1s");
        luma.start();
        luma.register(app);
        assertEquals("old\n", greeting(app));
        luma.awaitState(app, "stopped");
        luma.patch(app, "{\"env_vars\": {\"GREETING\": \"new\"}}");
        assertEquals("new\n", greeting(app));
        awaitOneContainer();
    }

    @Test
    void settingsChangedWhileItIsPaused() throws Exception {
        App app = App.named("changed").variable("GREETING", "old");
        Container old = paused(app);
        luma.patch(app, "{\"env_vars\": {\"GREETING\": \"new\"}}");
        assertEquals("new\n", greeting(app));
        awaitReplaced(old);
    }

    @Test
    void theImageIsRemovedWhileItIsStopped() throws Exception {
        // A registry that refuses connections: the image is nowhere but here.
        String image = "127.0.0.1:1/" + luma.image() + ":1";
        App app = App.named("imageless").image(image).sleepsAfter("1s");
        luma.engine().buildApp(image);
        try {
            luma.start();
            luma.register(app);
            assertEquals("hello\n", luma.get(app, "/").body());
            luma.awaitState(app, "stopped");
            luma.engine().removeImage(image);

            HttpResponse<String> refused = luma.get(app, "/");
            assertEquals(503, refused.statusCode(), refused::body);
            assertEquals(
                    "START_FAILED", refused.headers().firstValue("Luma-Reason").orElse("none"));
            String why = "the image " + image + " is not on this machine and could not be pulled";
            assertTrue(refused.body().contains(why), refused::body);
            assertEquals(why, luma.project(app).at("/last_failure/detail").asText());

            luma.engine().buildApp(image);
            await("an answer from the image that is back")
                    .until(() -> luma.get(app, "/").statusCode() == 200);
        } finally {
            luma.engine().removeImage(image);
        }
    }

    @Test
    void itsContainerIsKilledWhileItIsPaused() throws Exception {
        App app = App.named("killed");
        Container old = paused(app);
        luma.engine().kill(old);
        assertEquals("hello\n", luma.get(app, "/").body());
        awaitReplaced(old);
    }

    @Test
    void itsContainerIsRemovedWhileItIsPaused() throws Exception {
        App app = App.named("removed");
        Container old = paused(app);
        luma.engine().remove(old);
        assertEquals("hello\n", luma.get(app, "/").body());
        awaitReplaced(old);
    }

    /** The request comes first or the end does, or one in the middle of the other. */
    @Test
    void itsContainerIsKilledWhileItWakesFromAPause() throws Exception {
        App app = App.named("unlucky");
        Container old = paused(app);
        for (int night = 0; night < 3; night++) {
            CompletableFuture<HttpResponse<String>> answer = luma.getLater(app, "/");
            luma.engine().kill(old);
            assertEquals(
                    "200 hello\n",
                    answer.join().statusCode() + " " + answer.join().body());
            luma.get(app, "/");
            awaitReplaced(old);
            luma.awaitState(app, "paused");
            old = luma.containers().get(0);
        }
    }

    /** Starts Luma and registers the app; it has answered, and is paused now. */
    private Container paused(App app) throws Exception {
        App pausing = app.sleepsBy("pause").sleepsAfter("1s");
        luma.start();
        luma.register(pausing);
        assertEquals("hello\n", luma.get(pausing, "/").body());
        // Luma says so as soon as it has asked the engine for it.
        await("a paused container")
                .until(() -> "paused".equals(luma.containers().get(0).getState()));
        luma.awaitState(pausing, "paused");
        return luma.containers().get(0);
    }

    private String greeting(App app) {
        return luma.get(app, "/cgi-bin/env?GREETING").body();
    }

    private void awaitReplaced(Container old) throws Exception {
        awaitOneContainer();
        assertNotEquals(old.getId(), luma.containers().get(0).getId());
    }

    private void awaitOneContainer() {
        await("one container").until(() -> luma.containers().size() == 1);
    }
}
