package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.Projects.Change;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What all projects hear from the engine. */
class ProjectsEngineTest {

    private static final StartFailure NO_IMAGE =
            new StartFailure(Refusal.Reason.START_FAILED, "no such image", List.of());

    @RegisterExtension
    final Registry registry = new Registry();

    private Upstream register(String name) throws IOException {
        return assertInstanceOf(Change.Done.class, registry.projects.register(Samples.draft(name, name + ".localhost")))
                .upstream();
    }

    @Test
    void anImageThatCannotBeGotIsSeenAtItsProject() throws IOException {
        registry.runtime.prepared = CompletableFuture.failedFuture(new StartFailureException(NO_IMAGE));
        assertEquals(Optional.of(NO_IMAGE), register("shop").status().lastFailure());
    }

    @Test
    void theFailureIsFoundInsideTheWrappingOfAnotherStage() throws IOException {
        registry.runtime.prepared =
                CompletableFuture.failedFuture(new CompletionException(new StartFailureException(NO_IMAGE)));
        assertEquals(Optional.of(NO_IMAGE), register("shop").status().lastFailure());
    }

    @Test
    void theFailureOfAnOlderRevisionIsForgotten() throws IOException {
        CompletableFuture<Void> first = new CompletableFuture<>();
        registry.runtime.prepared = first;
        Upstream shop = register("shop");
        registry.runtime.prepared = CompletableFuture.completedFuture(null);
        registry.projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        first.completeExceptionally(new StartFailureException(NO_IMAGE));
        assertEquals(Optional.empty(), shop.status().lastFailure());
    }

    @Test
    void nothingIsMadeAheadForAProjectThatWasRemovedBeforeItsImageWasThere() throws IOException {
        CompletableFuture<Void> pull = new CompletableFuture<>();
        registry.runtime.prepared = pull;
        register("shop");
        registry.projects.remove("shop");
        pull.complete(null);
        assertEquals(List.of(), registry.runtime.madeAhead());
    }

    @Test
    void nothingIsMadeAheadForSettingsThatWereChangedBeforeTheirImageWasThere() throws IOException {
        CompletableFuture<Void> first = new CompletableFuture<>();
        registry.runtime.prepared = first;
        Upstream shop = register("shop");
        registry.runtime.prepared = CompletableFuture.completedFuture(null);
        registry.projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        assertEquals(List.of(shop.project()), registry.runtime.madeAhead());
        first.complete(null);
        assertEquals(List.of(shop.project()), registry.runtime.madeAhead());
    }

    @Test
    void anAdapterThatThrowsDoesNotUndoTheRegistration() throws IOException {
        registry.runtime.onPrepare = project -> {
            throw new RejectedExecutionException("the adapter's queue is full");
        };
        assertEquals(ProjectStatus.State.IDLE, register("shop").status().state());
        assertEquals(1, registry.store.load().size());
    }

    @Test
    void anExitIsToldToItsProjectOnly() throws IOException {
        registry.runtime.onStart = FakeContainer::becomeReady;
        Upstream shop = register("shop");
        Upstream blog = register("blog");
        registry.request(shop).lease.release();
        registry.request(blog).lease.release();
        registry.runtime.containers().get(0).exit(1);
        assertEquals(ProjectStatus.State.STOPPED, shop.status().state());
        assertEquals(ProjectStatus.State.RUNNING, blog.status().state());
    }

    @Test
    void aLostEngineIsToldToAll() throws IOException {
        FakeWait shop = registry.request(register("shop"));
        registry.runtime.latest().address();
        FakeWait blog = registry.request(register("blog"));
        registry.runtime.latest().address();
        registry.runtime.goDown();
        assertEquals(Refusal.Reason.RUNTIME_DOWN, shop.refusal.reason());
        assertEquals(Refusal.Reason.RUNTIME_DOWN, blog.refusal.reason());
    }
}
