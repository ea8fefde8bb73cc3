package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartFailureException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever happens to several projects on one host, in whatever order: never more than so many start at once (the
 * {@link FakeRuntime} sees to that), none waits for its turn while there is room, and however a start ends, its room is
 * there for the next one.
 */
@Timeout(120)
class StartLinePropertyTest {

    private static final int LIVES = 1_000;
    private static final int EVENTS = 120;

    @Test
    void anyOrderOfEventsKeepsTheRules() {
        LongStream.range(0, LIVES).forEach(seed -> {
            try {
                new Host(seed).live();
            } catch (AssertionError | RuntimeException | IOException broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        });
    }

    private static final class Host {
        private final SplittableRandom random;
        private final Registry registry = new Registry();
        private final FakeRuntime runtime = registry.runtime;
        private final List<FakeWait> waits = new ArrayList<>();
        private final List<CompletableFuture<Void>> pulls = new ArrayList<>();
        private int named;

        Host(long seed) {
            random = new SplittableRandom(seed);
            runtime.startsAtOnce = 1 + random.nextInt(3);
            runtime.onPrepare = project -> {
                runtime.prepared = new CompletableFuture<>();
                if (random.nextInt(3) > 0) {
                    runtime.prepared.toCompletableFuture().complete(null);
                } else {
                    pulls.add(runtime.prepared.toCompletableFuture());
                }
            };
        }

        void live() throws IOException {
            for (int i = 0; i < 6; i++) {
                register();
            }
            for (int i = 0; i < EVENTS; i++) {
                happen();
                check();
            }
            comeToAnEnd();
        }

        private void register() throws IOException {
            named++;
            registry.projects.register(Samples.draft("p" + named, "p" + named + ".localhost"));
        }

        private Upstream any() {
            List<Upstream> all = registry.projects.all();
            return all.get(random.nextInt(all.size()));
        }

        private void happen() throws IOException {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> waits.add(registry.request(any()));
                case 5 ->
                    waits.stream()
                            .filter(wait -> wait.waiter != null && !wait.hasEnded())
                            .skip(random.nextInt(3))
                            .findFirst()
                            .ifPresent(wait -> wait.waiter.cancel());
                case 6, 7, 8, 9 ->
                    runtime.containers().stream()
                            .filter(FakeContainer::isAtTheEngine)
                            .skip(random.nextInt(2))
                            .findFirst()
                            .ifPresent(this::endStart);
                case 10 -> {
                    if (!pulls.isEmpty()) {
                        CompletableFuture<Void> pull = pulls.remove(random.nextInt(pulls.size()));
                        if (random.nextInt(4) == 0) {
                            pull.completeExceptionally(new StartFailureException(
                                    new StartFailure(Refusal.Reason.START_FAILED, "no such image", List.of())));
                        } else {
                            pull.complete(null);
                        }
                    }
                }
                case 11 -> {
                    runtime.giveUpInstances();
                    any().sleep();
                }
                case 12 -> {
                    runtime.giveUpInstances();
                    registry.projects.change(
                            any().project().name(), before -> Samples.withImage(before, "i:" + random.nextInt(9)));
                }
                case 13 -> {
                    if (registry.projects.all().size() > 2) {
                        runtime.giveUpInstances();
                        registry.projects.remove(any().project().name());
                    } else {
                        register();
                    }
                }
                case 14 -> any().wake();
                default -> registry.time.advance(Duration.ofSeconds(random.nextInt(40)));
            }
        }

        private void endStart(FakeContainer container) {
            switch (random.nextInt(4)) {
                case 0 -> container.failStart("no");
                case 1 -> container.exit(1);
                case 2 -> container.address();
                default -> container.becomeReady();
            }
        }

        private void check() {
            assertEquals(List.of(), runtime.violations());
            long starting = runtime.containers().stream()
                    .filter(FakeContainer::isAtTheEngine)
                    .count();
            boolean waiting = registry.projects.all().stream()
                    .anyMatch(project -> project.status().placeInLine().isPresent());
            assertFalse(waiting && starting < runtime.startsAtOnce, "one waits while " + starting + " start");
        }

        /** Whoever still waits is served or refused, and then as many start at once as ever. */
        private void comeToAnEnd() throws IOException {
            runtime.giveUpInstances();
            registry.projects.close(Duration.ZERO);
            check();
            for (int i = 0; i < 10; i++) {
                registry.time.advance(Duration.ofMinutes(1));
            }
            waits.forEach(wait -> {
                if (wait.lease != null) {
                    wait.lease.release();
                }
            });
            assertEquals(List.of(), runtime.left());
            assertEquals(0, registry.time.pending());
        }
    }
}
