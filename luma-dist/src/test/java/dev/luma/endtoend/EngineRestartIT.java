package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Luma outlives its engine, says so while it is gone, and goes on when it is back. */
class EngineRestartIT {

    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    @Order(1)
    @RegisterExtension
    final PrivateEngine dockerd = new PrivateEngine();

    @Order(2)
    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void servesAgainWhenTheEngineIsBack() throws Exception {
        App app = App.named("stranded");
        dockerd.engine().buildApp(luma.image());
        luma.use(dockerd.engine());
        luma.start();
        luma.register(app);
        assertEquals("hello\n", luma.get(app, "/").body());

        dockerd.stop();
        await("an engine that is known to be down").until(() -> !luma.isReady());
        HttpResponse<String> refused = assertTimeout(AT_ONCE, () -> luma.get(app, "/"));
        assertEquals(503, refused.statusCode(), refused::body);
        assertEquals("RUNTIME_DOWN", refused.headers().firstValue("Luma-Reason").orElse("none"));

        dockerd.start();
        await("an engine that is known to be back")
                .atMost(Duration.ofSeconds(20))
                .until(luma::isReady);
        assertEquals("hello\n", luma.get(app, "/").body());
        await("the old container to be gone").until(() -> luma.containers().size() == 1);
    }

    @Test
    void endsInTimeThoughTheEngineHangs() throws Exception {
        App app = App.named("stuck");
        dockerd.engine().buildApp(luma.image());
        luma.use(dockerd.engine());
        luma.set("stop_grace", "1s");
        luma.start();
        luma.register(app);
        assertEquals("hello\n", luma.get(app, "/").body());

        dockerd.freeze();
        try {
            luma.terminate();
            assertEquals(0, assertTimeout(Duration.ofSeconds(30), luma::awaitExit));
        } finally {
            dockerd.thaw();
        }
        assertFalse(luma.log().contains(" ERROR "), luma::log);
        luma.start();
        await("what was left behind is removed").until(() -> luma.containers().isEmpty());
    }
}
