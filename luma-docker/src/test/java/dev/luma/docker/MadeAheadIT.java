package dev.luma.docker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.Project;
import dev.luma.core.Way;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers that are made ahead of the first wake on the real engine. */
class MadeAheadIT {

    private Bench bench;
    private Nights nights;

    @BeforeEach
    void open() throws IOException {
        bench = new Bench();
        nights = new Nights(bench);
    }

    @AfterEach
    void close() throws IOException {
        bench.close();
    }

    @Test
    void oneIsMadeAheadOfTheFirstWake() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("expected", Nights.COUNTING);
        runtime.makeAhead(project);
        nights.settle(runtime);
        String id = nights.onlyOne("expected").getId();
        assertEquals("created", nights.byId(id).getState());
        Wake wake = bench.awake(runtime, project);
        assertEquals(List.of(Way.AHEAD), wake.ways());
        assertEquals("running", nights.byId(id).getState());
        Bench.sleep(runtime, wake, project);
        runtime.makeAhead(project);
        nights.settle(runtime);
        assertEquals(id, nights.onlyOne("expected").getId());
        assertEquals("exited", nights.byId(id).getState());
    }

    @Test
    void noMoreAreMadeAheadThanThereIsRoomForAndTheLongestUnusedGoesFirst() {
        DockerRuntime runtime = bench.keeping(1);
        Project one = bench.project("one", Nights.COUNTING);
        Project two = bench.project("two", Nights.COUNTING);
        runtime.makeAhead(one);
        runtime.makeAhead(two);
        nights.settle(runtime);
        assertEquals(1, nights.ofProject("one").size());
        assertEquals(0, nights.ofProject("two").size());
        nights.runOnce(runtime, two);
        await().atMost(Bench.PATIENCE).until(() -> nights.ofProject("one").isEmpty());
        assertEquals(1, nights.ofProject("two").size());
    }

    @Test
    void aProjectThatIsAwakeNeedsNone() {
        DockerRuntime runtime = bench.keeping(2);
        Project project = bench.project("awake", Nights.COUNTING);
        Wake wake = bench.start(runtime, project);
        runtime.makeAhead(project);
        nights.settle(runtime);
        wake.awaitEndpoint();
        assertEquals(1, nights.ofProject("awake").size());
        Bench.stop(runtime, wake);
    }

    @Test
    void newSettingsReplaceWhatWasMadeAhead() {
        DockerRuntime runtime = bench.keeping(1);
        runtime.makeAhead(bench.project("changing", Nights.COUNTING));
        nights.settle(runtime);
        String before = nights.onlyOne("changing").getId();
        Project after = bench.project("changing", "echo other; " + Nights.COUNTING);
        runtime.makeAhead(after);
        nights.settle(runtime);
        await().atMost(Bench.PATIENCE).until(() -> !bench.exists(before));
        Wake wake = bench.awake(runtime, after);
        assertEquals(List.of(Way.AHEAD), wake.ways());
        Bench.stop(runtime, wake);
    }

    @Test
    void nothingIsLeftOfAProjectThatIsForgotten() {
        DockerRuntime runtime = bench.keeping(1);
        Project project = bench.project("leaving", Nights.COUNTING);
        runtime.makeAhead(project);
        Bench.join(runtime.forget(project));
        assertEquals(List.of(), nights.ofProject("leaving"));
        assertEquals(1, bench.sandboxes().size(), "sandboxes");
    }

    @Test
    void whatAnEarlierRunKeptIsRemoved() {
        DockerRuntime earlier = bench.keeping(1);
        earlier.makeAhead(bench.project("old", Nights.COUNTING));
        nights.settle(earlier);
        assertEquals(1, nights.ofProject("old").size());
        earlier.close();
        bench.runtime();
        bench.awaitNothingLeft();
    }
}
