package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.luma.core.Projects.Change;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes that are made while another thread is busy in the project's mailbox, so that they are carried out later. */
@Timeout(30)
class ProjectsConcurrencyTest {

    @RegisterExtension
    final Registry registry = new Registry();

    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private Upstream shop;
    private CompletableFuture<Void> busy;

    @BeforeEach
    void keepTheMailboxBusy() throws Exception {
        shop = assertInstanceOf(Change.Done.class, registry.projects.register(Samples.draft("shop", "shop.localhost")))
                .upstream();
        registry.onChange = change -> {
            inside.countDown();
            awaitUninterrupted();
        };
        busy = CompletableFuture.runAsync(() -> registry.request(shop), command -> new Thread(command).start());
        inside.await();
    }

    @AfterEach
    void letTheMailboxGo() {
        goOn.countDown();
        busy.join();
    }

    private void awaitUninterrupted() {
        try {
            goOn.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    @Test
    void eachChangeBuildsOnTheOneBefore() throws IOException {
        registry.projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        registry.projects.change("shop", before -> Samples.withIdleTimeout(before, Duration.ofSeconds(5)));
        assertEquals(3, shop.project().revision());
        assertEquals("nginx:1.28", shop.project().container().image());
        assertEquals(shop.project(), shop.status().project());
        assertEquals(shop.project(), registry.store.load().iterator().next());
    }

    @Test
    void theNewImageIsGotAheadOfTime() throws IOException {
        registry.projects.change("shop", before -> Samples.withImage(before, "nginx:1.28"));
        List<Project> asked = registry.runtime.preparations();
        assertEquals("nginx:1.28", asked.get(asked.size() - 1).container().image());
    }

    @Test
    void noRouteIsLeftOfARemovedProject() throws IOException {
        registry.projects.change("shop", before -> Samples.withHostname(before, "store.localhost"));
        registry.projects.remove("shop");
        assertNull(registry.projects.routes().find("shop.localhost"));
        assertNull(registry.projects.routes().find("store.localhost"));
    }
}
