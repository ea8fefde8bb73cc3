package dev.luma.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.luma.core.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;

class PoolSchedulerTest {

    @Test
    void runsInOrderAndSurvivesAFailure() throws InterruptedException {
        Pools pools = new Pools(new SystemTicker());
        Scheduler scheduler = new PoolScheduler(pools.timer("test"));
        List<String> done = new CopyOnWriteArrayList<>();
        scheduler.schedule(() -> done.add("second"), Duration.ofSeconds(1));
        scheduler.schedule(() -> done.add("first"), Duration.ZERO);
        scheduler.schedule(
                () -> {
                    throw new IllegalStateException("a bug, on purpose");
                },
                Duration.ofMillis(10));
        await().until(() -> done.size() == 2);
        assertEquals(List.of("first", "second"), done);
        pools.stop(Duration.ofSeconds(1));
        assertSame(Scheduler.Cancellable.NONE, scheduler.schedule(() -> {}, Duration.ZERO));
    }

    @Test
    void whatIsCancelledIsForgotten() throws InterruptedException {
        Pools pools = new Pools(new SystemTicker());
        ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) pools.timer("test");
        Scheduler.Cancellable later = new PoolScheduler(timer).schedule(() -> {}, Duration.ofHours(1));
        assertEquals(1, timer.getQueue().size());
        later.cancel();
        later.cancel();
        assertEquals(0, timer.getQueue().size());
        pools.stop(Duration.ofSeconds(1));
    }
}
