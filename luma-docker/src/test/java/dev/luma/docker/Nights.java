package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.dockerjava.api.model.Container;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import java.util.List;

/** What tests of projects that sleep and wake again look at. */
record Nights(Bench bench) {

    /** Says how often the container has run, from a file that it leaves behind. */
    static final String COUNTING = "echo run >> /runs; busybox cp /runs /index.html; " + Bench.SERVER;

    /** From a start until it sleeps. */
    Endpoint runOnce(DockerRuntime runtime, Project project) {
        Wake wake = bench.awake(runtime, project);
        Bench.sleep(runtime, wake, project);
        return wake.awaitEndpoint();
    }

    /** Everything that was to be made ahead has been looked at. */
    void settle(DockerRuntime runtime) {
        Bench.join(runtime.forget(bench.project("nobody", COUNTING)));
    }

    List<Container> ofProject(String name) {
        return bench.containers(bench.owner).stream()
                .filter(found -> name.equals(found.getLabels().get(Labels.PROJECT)))
                .toList();
    }

    Container onlyOne(String project) {
        List<Container> found = ofProject(project);
        assertEquals(1, found.size(), project);
        return found.get(0);
    }

    Container byId(String id) {
        return bench.containers(bench.owner).stream()
                .filter(found -> found.getId().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the container " + id + " is gone"));
    }

    static long runs(Endpoint endpoint) {
        return Bench.get(endpoint).lines().count();
    }
}
