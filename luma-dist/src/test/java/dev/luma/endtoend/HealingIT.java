package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A container that dies under load costs the requests that could not be sent again, and nothing more. */
class HealingIT {

    private static final int READERS = 8;
    private static final int WRITERS = 4;

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void aContainerKilledUnderLoadIsReplaced() throws Exception {
        App app = App.named("mortal");
        luma.start();
        luma.register(app);
        Load readers = Load.of(READERS, luma, luma.request(app, "/").build());
        Load writers = Load.of(
                WRITERS,
                luma,
                luma.request(app, "/cgi-bin/digest").POST(Load.SMALL_BODY).build());
        try (readers;
                writers) {
            await().until(() -> readers.answered() > 100 && writers.answered() > 20);
            Container first = luma.containers().get(0);
            luma.engine().kill(first);
            await("another container")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> luma.containers().stream()
                            .anyMatch(container -> !container.getId().equals(first.getId())));
            luma.awaitState(app, "running");
            long before = readers.answered();
            await().until(() -> readers.answered() > before + 100);
        }
        assertEquals(0, readers.failed(), "what is safe to send again is sent again");
        assertTrue(
                writers.failed() <= WRITERS,
                () -> writers.failed() + " failed, though only " + WRITERS + " were in flight");
        assertEquals(1, luma.containers().size());
    }
}
