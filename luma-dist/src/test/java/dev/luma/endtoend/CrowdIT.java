package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many requests for one sleeping project, and many sleeping projects, at the same time. */
class CrowdIT {

    private static final int REQUESTS = 1_000;
    private static final int PROJECTS = 100;
    private static final int AT_ONCE = 3;

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void aThousandAtOnceWakeOneContainer() throws Exception {
        App app = App.named("crowded");
        luma.start();
        luma.register(app);
        try (EventLog events = luma.events()) {
            List<CompletableFuture<HttpResponse<String>>> crowd = IntStream.range(0, REQUESTS)
                    .mapToObj(number -> luma.getLater(app, "/who"))
                    .toList();
            Map<String, Long> answers = crowd.stream()
                    .map(CompletableFuture::join)
                    .collect(Collectors.groupingBy(
                            answer -> answer.statusCode() + " " + answer.body().strip(), Collectors.counting()));
            assertEquals(Set.of((long) REQUESTS), Set.copyOf(answers.values()), answers::toString);
            assertEquals(
                    Map.of("crowded", 1L),
                    events.untilStarted(ids(luma.containers())).startsByProject());
            assertTrue(answers.keySet().iterator().next().startsWith("200 "), answers::toString);
        }
    }

    @Test
    void aHundredProjectsAtOnceAreEachStartedOnceAndInTurn() throws Exception {
        luma.set("starts_at_once", Integer.toString(AT_ONCE));
        luma.set("wait_timeout", "5m");
        luma.startWithSandboxes(2);
        List<App> apps = IntStream.range(0, PROJECTS)
                .mapToObj(number -> App.named("one-of-many-" + number))
                .map(app -> app.variable("NAME", app.name()))
                .toList();
        for (App app : apps) {
            luma.register(app);
        }
        try (EventLog events = luma.events()) {
            List<CompletableFuture<HttpResponse<String>>> answers =
                    apps.stream().map(this::askWhoItIs).toList();
            assertEquals(
                    apps.stream().map(app -> "200 " + app.name()).toList(),
                    answers.stream().map(CrowdIT::joined).toList());
            assertEquals(Set.of("sandbox", "plain"), ways(answers));
            List<Container> containers = luma.containers();
            events.untilStarted(ids(containers));
            assertEquals(apps.stream().collect(Collectors.toMap(App::name, app -> 1L)), events.startsByProject());
            // Of one in a sandbox the app may answer, and so its turn end, a moment before the engine tells of the
            // start.
            List<Container> plain = containers.stream()
                    .filter(container ->
                            !container.getHostConfig().getNetworkMode().startsWith("container:"))
                    .toList();
            int most = events.mostBetweenCreateAndStart(ids(plain));
            assertTrue(most <= AT_ONCE, () -> most + " were started at the same time");
        }
    }

    @Test
    void ofTwoProjectsAtOnceOneTakesTheSandboxAndTheOtherDoesWithout() throws Exception {
        List<App> apps = Stream.of("one", "other")
                .map(App::named)
                .map(app -> app.variable("NAME", app.name()))
                .toList();
        luma.set("starts_at_once", "2");
        luma.startWithSandboxes(1);
        for (App app : apps) {
            luma.register(app);
        }
        List<CompletableFuture<HttpResponse<String>>> answers =
                apps.stream().map(this::askWhoItIs).toList();
        assertEquals(
                List.of("200 one", "200 other"),
                answers.stream().map(CrowdIT::joined).toList());
        assertEquals(Set.of("sandbox", "plain"), ways(answers));
    }

    /** Of a hundred the last may have to wait for longer than others do. */
    private CompletableFuture<HttpResponse<String>> askWhoItIs(App app) {
        return luma.client()
                .sendAsync(
                        luma.request(app, "/cgi-bin/env?NAME")
                                .timeout(Duration.ofMinutes(5))
                                .build(),
                        BodyHandlers.ofString());
    }

    private static String joined(CompletableFuture<HttpResponse<String>> answer) {
        return answer.join().statusCode() + " " + answer.join().body().strip();
    }

    private static Set<String> ways(List<CompletableFuture<HttpResponse<String>>> answers) {
        return answers.stream()
                .map(CompletableFuture::join)
                .map(LumaFixture::way)
                .collect(Collectors.toSet());
    }

    private static List<String> ids(List<Container> containers) {
        return containers.stream().map(Container::getId).toList();
    }
}
