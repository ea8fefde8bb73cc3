package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Projects.Change;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Registering, changing and removing projects. */
class ProjectsTest {

    @RegisterExtension
    final Registry registry = new Registry();

    private final Projects projects = registry.projects;

    private Upstream register(String name, String hostname) throws IOException {
        return assertInstanceOf(Change.Done.class, projects.register(Samples.draft(name, hostname)))
                .upstream();
    }

    private Upstream shop() throws IOException {
        return register("shop", "shop.localhost");
    }

    @Test
    void aRegisteredProjectIsSavedFoundAndRouted() throws IOException {
        registry.time.advanceSeconds(5);
        Upstream shop = shop();
        assertEquals(1, shop.project().revision());
        assertEquals(SimulatedTime.START.plusSeconds(5), shop.project().createdAt());
        assertEquals(shop.project().createdAt(), shop.project().updatedAt());
        assertSame(shop, projects.find("shop").orElseThrow());
        assertSame(shop, projects.routes().find("shop.localhost"));
        assertEquals(List.of(shop.project()), List.copyOf(registry.store.load()));
    }

    @Test
    void aRegisteredProjectGetsItsImageAheadOfTimeAndStartsNothing() throws IOException {
        Upstream shop = shop();
        assertEquals(List.of(shop.project()), registry.runtime.preparations());
        assertEquals(0, registry.runtime.starts());
    }

    @Test
    void aContainerIsMadeAheadAsSoonAsTheImageIsThere() throws IOException {
        CompletableFuture<Void> image = new CompletableFuture<>();
        registry.runtime.prepared = image;
        Upstream shop = shop();
        assertEquals(List.of(), registry.runtime.madeAhead());
        image.complete(null);
        assertEquals(List.of(shop.project()), registry.runtime.madeAhead());
    }

    @Test
    void noContainerIsMadeAheadOfAnImageThatCannotBeGot() throws IOException {
        registry.runtime.prepared =
                CompletableFuture.failedFuture(new ContainerRuntime.StartFailureException(States.NO_IMAGE));
        shop();
        assertEquals(List.of(), registry.runtime.madeAhead());
    }

    @Test
    void onlyAChangeOfWhatRunsMakesAnotherContainerAhead() throws IOException {
        Upstream shop = shop();
        projects.change("shop", before -> Samples.withHostname(before, "store.localhost"));
        assertEquals(1, registry.runtime.madeAhead().size());
        projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        assertEquals(shop.project(), registry.runtime.madeAhead().get(1));
        projects.change("shop", before -> Samples.withSource(before, new Source.External("nas.lan", 80)));
        assertEquals(shop.project(), registry.runtime.madeAhead().get(2));
        assertEquals(2, registry.runtime.preparations().size());
    }

    @Test
    void nothingIsKeptOfARemovedProjectOnceItsInstanceIsGone() throws IOException {
        Upstream shop = shop();
        registry.request(shop);
        registry.runtime.latest().becomeReady();
        registry.runtime.giveUpInstances();
        registry.time.advance(Limits.DEFAULTS.drainTimeout());
        registry.runtime.onStop = container -> {};
        projects.remove("shop");
        registry.time.advance(Limits.DEFAULTS.drainTimeout());
        assertEquals(List.of(), registry.runtime.forgotten());
        registry.runtime.latest().finishStop();
        assertEquals(List.of(shop.project()), registry.runtime.forgotten());
    }

    @Test
    void projectsAreListedByName() throws IOException {
        register("b", "b.localhost");
        register("c", "c.localhost");
        register("a", "a.localhost");
        assertEquals(
                List.of("a", "b", "c"),
                projects.all().stream().map(of -> of.project().name()).toList());
    }

    @Test
    void aNameCanBeTakenOnce() throws IOException {
        Upstream shop = shop();
        Change.Conflict conflict =
                assertInstanceOf(Change.Conflict.class, projects.register(Samples.draft("shop", "b.localhost")));
        assertEquals("name", conflict.field());
        assertEquals("is taken: a project \"shop\" is registered already", conflict.sentence());
        assertNull(projects.routes().find("b.localhost"));
        assertSame(shop, projects.find("shop").orElseThrow());
    }

    @Test
    void aHostnameCanBeTakenOnce() throws IOException {
        Upstream shop = shop();
        Change.Conflict conflict =
                assertInstanceOf(Change.Conflict.class, projects.register(Samples.draft("b", "shop.localhost")));
        assertEquals("hostname", conflict.field());
        assertEquals("is taken: \"shop.localhost\" leads to the project \"shop\"", conflict.sentence());
        assertEquals(Optional.empty(), projects.find("b"));
        assertSame(shop, projects.routes().find("shop.localhost"));
    }

    @Test
    void aChangeMakesTheNextRevisionOfTheSameProject() throws IOException {
        Upstream shop = shop();
        registry.time.advanceSeconds(7);
        Change change = projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        assertEquals(new Change.Done(shop), change);
        Project after = shop.project();
        assertEquals(2, after.revision());
        assertEquals("nginx:1.28", after.container().image());
        assertEquals(SimulatedTime.START, after.createdAt());
        assertEquals(SimulatedTime.START.plusSeconds(7), after.updatedAt());
        assertEquals(List.of(after), List.copyOf(registry.store.load()));
        assertEquals(2, registry.runtime.preparations().size());
        assertEquals(after, registry.runtime.preparations().get(1));
    }

    @Test
    void aChangeOfHostnameMovesTheRoute() throws IOException {
        Upstream shop = shop();
        projects.change("shop", before -> Samples.withHostname(before, "store.localhost"));
        assertNull(projects.routes().find("shop.localhost"));
        assertSame(shop, projects.routes().find("store.localhost"));
        assertEquals(1, registry.runtime.preparations().size());
        register("other", "shop.localhost");
    }

    @Test
    void aChangeToTheSameSettingsIsNoNewRevision() throws IOException {
        Upstream shop = shop();
        Project before = shop.project();
        projects.change("shop", same -> same);
        assertEquals(before, shop.project());
    }

    @Test
    void aChangeToTheSameSettingsForgetsTheBackoff() throws IOException {
        Upstream shop = shop();
        registry.runtime.onStart = container -> container.failStart("no such image");
        registry.request(shop);
        assertEquals(ProjectStatus.State.FAILED, shop.status().state());
        projects.change("shop", same -> same);
        assertEquals(ProjectStatus.State.STOPPED, shop.status().state());
    }

    @Test
    void aChangeMayNotTakeTheHostnameOfAnother() throws IOException {
        Upstream shop = shop();
        register("b", "b.localhost");
        Change change = projects.change("shop", before -> Samples.withHostname(before, "b.localhost"));
        assertEquals("hostname", assertInstanceOf(Change.Conflict.class, change).field());
        assertEquals("shop.localhost", shop.project().hostname());
        assertEquals(1, shop.project().revision());
    }

    @Test
    void aChangeMayNotTakeAnotherName() throws IOException {
        shop();
        assertThrows(
                IllegalArgumentException.class,
                () -> projects.change("shop", before -> Samples.draft("b", "b.localhost")));
    }

    @Test
    void whatIsNotRegisteredIsUnknown() throws IOException {
        assertEquals(new Change.Unknown("shop"), projects.change("shop", same -> same));
        assertEquals(new Change.Unknown("shop"), projects.remove("shop"));
        assertEquals(Optional.empty(), projects.find("shop"));
    }

    @Test
    void aRemovedProjectIsGoneWithItsContainerAndRefusesWhoWaits() throws IOException {
        Upstream shop = shop();
        FakeWait waiting = registry.request(shop);
        projects.remove("shop");
        assertEquals(Refusal.Reason.UNKNOWN_HOST, waiting.refusal.reason());
        assertEquals("the project shop has been removed", waiting.refusal.detail());
        assertEquals(Optional.empty(), projects.find("shop"));
        assertNull(projects.routes().find("shop.localhost"));
        assertEquals(List.of(), registry.runtime.left());
        assertTrue(registry.store.load().isEmpty());
        assertEquals(0, registry.time.pending());
    }

    @Test
    void aNameThatIsRegisteredAgainHasNothingToDoWithTheFirst() throws IOException {
        registry.runtime.onStop = container -> {};
        Upstream first = shop();
        registry.request(first);
        FakeContainer old = registry.runtime.latest();
        projects.remove("shop");

        Upstream second = shop();
        FakeWait request = registry.request(second);
        FakeContainer fresh = registry.runtime.latest();
        assertEquals(2, registry.runtime.starts());
        old.exit(1);
        assertEquals(ProjectStatus.State.STARTING, second.status().state());
        fresh.becomeReady();
        assertTrue(request.isGranted());
    }

    @Test
    void aFailingStoreLeavesNothingHalfRegistered() throws IOException {
        registry.store.failing = true;
        assertThrows(IOException.class, this::shop);
        assertEquals(Optional.empty(), projects.find("shop"));
        assertNull(projects.routes().find("shop.localhost"));
        assertEquals(List.of(), registry.runtime.preparations());
        registry.store.failing = false;
        shop();
    }

    @Test
    void aFailingStoreLeavesNothingHalfChanged() throws IOException {
        Upstream shop = shop();
        Project before = shop.project();
        registry.store.failing = true;
        assertThrows(
                IOException.class, () -> projects.change("shop", of -> Samples.withHostname(of, "store.localhost")));
        assertEquals(before, shop.project());
        assertSame(shop, projects.routes().find("shop.localhost"));
        assertNull(projects.routes().find("store.localhost"));
    }

    @Test
    void aFailingStoreLeavesNothingHalfRemoved() throws IOException {
        Upstream shop = shop();
        FakeWait waiting = registry.request(shop);
        registry.store.failing = true;
        assertThrows(IOException.class, () -> projects.remove("shop"));
        assertSame(shop, projects.find("shop").orElseThrow());
        assertSame(shop, projects.routes().find("shop.localhost"));
        registry.runtime.latest().becomeReady();
        assertTrue(waiting.isGranted());
    }

    @Test
    void whatTheStoreKeptComesBackAsleepWithItsRevision() throws IOException {
        registry.store.save(Samples.withImage(Samples.shop(), "nginx:1.28"));
        projects.load();
        Upstream shop = projects.find("shop").orElseThrow();
        assertEquals(2, shop.project().revision());
        assertSame(shop, projects.routes().find("shop.localhost"));
        assertEquals(ProjectStatus.State.IDLE, shop.status().state());
        assertEquals(List.of(), registry.runtime.preparations());
    }

    @Test
    void closeStopsEverythingAndIsDoneWhenNothingIsLeft() throws IOException {
        registry.runtime.onStop = container -> {};
        FakeWait starting = registry.request(shop());
        registry.request(register("b", "b.localhost"));
        FakeContainer second = registry.runtime.latest();
        second.becomeReady();
        FakeContainer first = registry.runtime.containers().get(0);

        var closed = projects.close(Limits.DEFAULTS.drainTimeout()).toCompletableFuture();
        assertEquals(Refusal.Reason.SHUTTING_DOWN, starting.refusal.reason());
        first.finishStop();
        assertFalse(closed.isDone());
        registry.time.advance(Duration.ofSeconds(30));
        second.finishStop();
        assertTrue(closed.isDone());
    }

    @Test
    void closeWaitsForProjectsThatAreBeingRemoved() throws IOException {
        registry.runtime.onStop = container -> {};
        registry.request(shop());
        projects.remove("shop");
        var closed = projects.close(Limits.DEFAULTS.drainTimeout()).toCompletableFuture();
        assertFalse(closed.isDone());
        registry.runtime.latest().finishStop();
        assertTrue(closed.isDone());
    }

    @Test
    void closeOfNothingIsDoneAtOnce() {
        assertTrue(projects.close(Limits.DEFAULTS.drainTimeout())
                .toCompletableFuture()
                .isDone());
    }

    @Test
    void nothingIsRegisteredOrChangedAfterClose() throws IOException {
        shop();
        projects.close(Limits.DEFAULTS.drainTimeout());
        Change register = projects.register(Samples.draft("b", "b.localhost"));
        Change change = projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        assertEquals(new Change.Conflict("", "Luma is stopping"), register);
        assertEquals(new Change.Conflict("", "Luma is stopping"), change);
    }
}
