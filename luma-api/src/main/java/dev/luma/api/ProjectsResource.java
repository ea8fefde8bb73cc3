package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.luma.core.Project;
import dev.luma.core.Projects;
import dev.luma.core.Projects.Change;
import dev.luma.core.Upstream;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /projects} and {@code /projects/{name}}: to register, read, change and forget projects. */
final class ProjectsResource {

    private static final Logger LOG = LoggerFactory.getLogger(ProjectsResource.class);

    private final Projects projects;
    private final ProjectJson json;
    private final Executor workers;

    /** @param workers where changes are made, because they wait for the store */
    ProjectsResource(Projects projects, ProjectJson json, Executor workers) {
        this.projects = projects;
        this.json = json;
        this.workers = workers;
    }

    void addTo(Router router) {
        router.on(HttpMethod.GET, "/projects", request -> onWorker(this::list))
                .on(HttpMethod.POST, "/projects", request -> onWorker(() -> register(request.json())))
                .on(HttpMethod.GET, "/projects/{name}", this::read)
                .on(HttpMethod.PUT, "/projects/{name}", request -> onWorker(() -> replace(request)))
                .on(HttpMethod.PATCH, "/projects/{name}", request -> onWorker(() -> patch(request)))
                .on(HttpMethod.DELETE, "/projects/{name}", request -> onWorker(() -> remove(request.name())));
    }

    private Answer list() {
        ObjectNode body = Json.object();
        ArrayNode list = body.putArray("projects");
        projects.all().forEach(upstream -> list.add(json.view(upstream)));
        return Answer.json(HttpResponseStatus.OK, body);
    }

    private CompletionStage<Answer> read(ApiRequest request) {
        return CompletableFuture.completedStage(ok(Outcomes.found(projects, request.name())));
    }

    private Answer register(JsonNode body) {
        Project draft = ProjectReader.registration(body);
        Upstream upstream = Outcomes.done(saved(() -> projects.register(draft)));
        return Answer.json(HttpResponseStatus.CREATED, json.view(upstream))
                .with("Location", "/projects/" + draft.name());
    }

    private Answer replace(ApiRequest request) {
        String name = request.name();
        Outcomes.found(projects, name);
        Project draft = ProjectReader.replacement(request.json(), name);
        return ok(Outcomes.done(saved(() -> projects.change(name, before -> draft))));
    }

    private Answer patch(ApiRequest request) {
        String name = request.name();
        Outcomes.found(projects, name);
        JsonNode patch = request.json();
        return ok(Outcomes.done(saved(() -> projects.change(name, before -> ProjectReader.patched(before, patch)))));
    }

    private Answer remove(String name) {
        Outcomes.done(saved(() -> projects.remove(name)));
        return Answer.noContent();
    }

    private Answer ok(Upstream upstream) {
        return Answer.json(HttpResponseStatus.OK, json.view(upstream));
    }

    private CompletionStage<Answer> onWorker(Supplier<Answer> job) {
        return CompletableFuture.supplyAsync(job, workers);
    }

    /** A change that is written to the store. */
    private interface Saving {
        Change make() throws IOException;
    }

    private static Change saved(Saving saving) {
        try {
            return saving.make();
        } catch (IOException error) {
            LOG.error("A change could not be saved", error);
            throw new ProblemException(Problem.of(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "The change could not be saved, and was not made (" + error.getMessage()
                            + "); see that state_dir can be written to and that its disk is not full"));
        }
    }
}
