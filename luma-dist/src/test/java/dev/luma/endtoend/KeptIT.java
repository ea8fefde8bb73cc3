package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a project gets that was registered a moment ago, or that has run before. */
class KeptIT {

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @BeforeEach
    void keepsTwo() {
        luma.set("kept_containers", "2");
    }

    @Test
    void theFirstWakeFindsAContainerAndTheOthersFindItAgain() throws Exception {
        App app = App.named("kept");
        luma.startWithSandboxes(1);
        luma.register(app);
        Container made = awaitContainer("created");
        wake(app, "ahead");
        for (int night = 0; night < 3; night++) {
            stop(app);
            assertEquals(made.getId(), awaitContainer("exited").getId());
            assertEquals("stopped", luma.state(app));
            wake(app, "kept");
        }
        assertEquals(3, luma.project(app).at("/boots/kept/count").asInt());
    }

    @Test
    void newSettingsGetAContainerOfTheirOwn() throws Exception {
        App app = App.named("changed").variable("GREETING", "old");
        luma.startWithSandboxes(1);
        luma.register(app);
        wake(app, "/cgi-bin/env?GREETING", "old\n");
        stop(app);
        luma.patch(app, "{\"env_vars\": {\"GREETING\": \"new\"}}");
        wake(app, "/cgi-bin/env?GREETING", "new\n");
        await("the old one to be gone").until(() -> luma.containers().size() == 1);
    }

    @Test
    void nothingIsLeftOfAProjectThatIsRemoved() throws Exception {
        App app = App.named("removed");
        luma.startWithSandboxes(1);
        luma.register(app);
        awaitContainer("created");
        assertEquals(
                204, luma.api("DELETE", "/projects/removed", Optional.empty()).statusCode());
        await("nothing of it").until(() -> luma.containers().isEmpty());
    }

    private void wake(App app, String way) {
        HttpResponse<String> answer = luma.get(app, "/");
        assertEquals("hello\n", answer.body());
        assertEquals(way, LumaFixture.way(answer));
    }

    private void wake(App app, String path, String expected) {
        assertEquals(expected, luma.get(app, path).body());
    }

    private void stop(App app) {
        assertEquals(
                200,
                luma.api("POST", "/projects/" + app.name() + "/stop", Optional.empty())
                        .statusCode());
    }

    private Container awaitContainer(String state) throws IOException {
        await("a container that is " + state)
                .until(() -> luma.containers().stream()
                        .map(Container::getState)
                        .toList()
                        .equals(List.of(state)));
        return luma.containers().get(0);
    }
}
