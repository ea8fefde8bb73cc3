package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    void givesUpWhatItKeptWhenTheEngineIsBack() throws Exception {
        App app = App.named("kept");
        dockerd.engine().buildApp(luma.image());
        luma.use(dockerd.engine());
        luma.set("kept_containers", "1");
        luma.startWithSandboxes(1);
        luma.register(app);
        assertEquals("hello\n", luma.get(app, "/").body());
        luma.api("POST", "/projects/kept/stop", Optional.empty());
        Container kept = luma.containers().get(0);
        assertEquals("exited", kept.getState());

        dockerd.stop();
        dockerd.start();
        await("an engine that is known to be back")
                .atMost(Duration.ofSeconds(20))
                .until(luma::isReady);
        assertEquals("hello\n", luma.get(app, "/").body());
        await("the kept one to be gone")
                .until(() -> luma.containers().stream()
                        .noneMatch(container -> container.getId().equals(kept.getId())));
    }

    @Test
    void wakesAreAnsweredThoughTheEngineIsStoppedInTheirMiddle() throws Exception {
        restartedDuringWakes(dockerd::stop);
    }

    @Test
    void wakesAreAnsweredThoughTheEngineCrashesInTheirMiddle() throws Exception {
        restartedDuringWakes(dockerd::kill);
    }

    private interface Ending {
        void end() throws Exception;
    }

    /** One is in a sandbox, one on its own, one frozen, one that is long in answering, and the others stand in line. */
    private void restartedDuringWakes(Ending ending) throws Exception {
        App frozen = App.named("frozen").sleepsBy("pause").sleepsAfter("1s");
        App late = App.named("late").mode("late").variable("APP_DELAY", "2");
        List<App> apps = Stream.concat(
                        Stream.of(frozen, late),
                        IntStream.range(0, 6).mapToObj(number -> App.named("in-line-" + number)))
                .toList();
        dockerd.engine().buildApp(luma.image());
        luma.use(dockerd.engine());
        luma.set("starts_at_once", "2");
        luma.startWithSandboxes(1);
        for (App app : apps) {
            luma.register(app);
        }
        assertEquals("hello\n", luma.get(frozen, "/").body());
        luma.awaitState(frozen, "paused");
        luma.awaitSandboxes(1);

        CompletableFuture<HttpResponse<String>> first = luma.getLater(late, "/");
        await("a container that does not answer yet")
                .until(() -> luma.containers().size() == 2);
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.concat(
                        Stream.of(first),
                        apps.stream().filter(app -> !app.equals(late)).map(app -> luma.getLater(app, "/")))
                .toList();
        await("one that stands in line").until(() -> {
            for (App app : apps) {
                if (luma.project(app).has("place_in_line")) {
                    return true;
                }
            }
            return false;
        });
        ending.end();
        Set<String> outcomes = answers.stream()
                .map(CompletableFuture::join)
                .map(EngineRestartIT::outcome)
                .collect(Collectors.toSet());
        // An engine that is ending refuses what it is asked, or ends an app before it answers, and says no reason.
        assertTrue(Set.of("hello", "RUNTIME_DOWN", "START_FAILED").containsAll(outcomes), outcomes::toString);

        dockerd.start();
        for (App app : apps) {
            // One that the engine has ended with itself is to blame for nothing, but that is not always known.
            await("an answer of " + app.name())
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> outcome(luma.get(app, "/")), "hello"::equals);
        }
        await("one container for each, and none of before")
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    // Again, as the first answer may have come from a container of before that Luma was about to miss.
                    apps.forEach(app -> luma.get(app, "/"));
                    return luma.containers().stream()
                            .map(container -> container.getLabels().get("dev.luma.project"))
                            .sorted()
                            .toList()
                            .equals(apps.stream().map(App::name).sorted().toList());
                });
    }

    /** What the app said, or why it was not asked. */
    private static String outcome(HttpResponse<String> answer) {
        return answer.headers().firstValue("Luma-Reason").orElse(answer.body().strip());
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
