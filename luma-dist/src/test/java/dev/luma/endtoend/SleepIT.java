package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request wakes a container, and the container sleeps again. */
class SleepIT {

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void sleepsAndWakesTenTimes() throws Exception {
        App app = App.named("napping").sleepsAfter("1s");
        luma.start();
        luma.register(app);
        assertEquals("idle", luma.state(app));
        for (int night = 0; night < 10; night++) {
            HttpResponse<String> cold = luma.get(app, "/");
            assertEquals("hello\n", cold.body());
            assertTrue(
                    cold.headers()
                            .firstValue("Server-Timing")
                            .filter(timing -> timing.startsWith("luma-wake;dur="))
                            .isPresent(),
                    "a cold answer says how long the wake took");
            luma.awaitState(app, "stopped");
            assertEquals(0, luma.containers().size());
        }
    }

    @Test
    void oneThatIsPausedIsBackAtOnceAndRemembersEverything() throws Exception {
        App app = App.named("frozen").sleepsAfter("1s").sleepsBy("pause");
        luma.start();
        luma.register(app);
        String who = luma.get(app, "/who").body();
        for (int night = 0; night < 3; night++) {
            luma.awaitState(app, "paused");
            HttpResponse<String> answer = luma.get(app, "/who");
            assertEquals(who, answer.body(), "the same container");
            assertTrue(
                    answer.headers()
                            .firstValue("Server-Timing")
                            .filter(timing -> timing.contains("desc=unpause"))
                            .isPresent(),
                    answer.headers().toString());
        }
        assertEquals(1, luma.containers().size());
    }

    /** Of all of its memory no machine has everything available. */
    @Test
    void thePausedMakeRoomOneAfterTheOtherWhenMemoryIsShort() throws Exception {
        App longer = App.named("longer").sleepsAfter("1s").sleepsBy("pause");
        App shorter = App.named("shorter").sleepsAfter("1s").sleepsBy("pause");
        luma.set("memory_reserve", "100%");
        luma.start();
        for (App app : List.of(longer, shorter)) {
            luma.register(app);
            assertEquals(200, luma.get(app, "/who").statusCode());
        }
        luma.awaitState(longer, "stopped");
        luma.awaitState(shorter, "stopped");
        assertEquals(0, luma.containers().size());
        List<String> stopped = luma.log()
                .lines()
                .filter(line -> line.contains("is stopped, since it has been paused the longest"))
                .map(line -> line.contains("longer") ? "longer" : "shorter")
                .toList();
        assertEquals(List.of("longer", "shorter"), stopped);
        String findings = luma.api("GET", "/doctor", Optional.empty()).body();
        assertTrue(findings.contains("is short: "), findings);
    }
}
