package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** {@link Projects} in a world of their own, with a store that fails when it is told to. */
final class Registry implements AfterEachCallback {

    final SimulatedTime time = new SimulatedTime();
    final FakeRuntime runtime;
    final FakeStore store = new FakeStore();
    volatile Consumer<ProjectStatus> onChange = change -> {};
    volatile Optional<HostMemory.Reading> memory = Optional.empty();
    final Projects projects;

    Registry() {
        this(Limits.DEFAULTS);
    }

    Registry(Limits limits) {
        runtime = new FakeRuntime(time, limits);
        AtomicInteger prefix = new AtomicInteger();
        projects = new Projects(
                runtime,
                runtime.probe(),
                store,
                time,
                time,
                limits,
                () -> memory,
                (before, after) -> onChange.accept(after),
                () -> "r" + prefix.incrementAndGet());
    }

    FakeWait request(Upstream upstream) {
        FakeWait wait = new FakeWait();
        Admission admission = upstream.acquire(upstream.waitDeadline(), wait);
        if (admission instanceof Lease lease) {
            wait.granted(lease);
        } else if (admission instanceof Waiter waiter) {
            wait.waiter = waiter;
        }
        return wait;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(List.of(), runtime.violations());
    }

    static final class FakeStore implements ProjectStore {
        private final ProjectStore kept = new InMemoryProjectStore();
        boolean failing;

        @Override
        public Collection<Project> load() throws IOException {
            return kept.load();
        }

        @Override
        public void save(Project project) throws IOException {
            failIfTold();
            kept.save(project);
        }

        @Override
        public void delete(String name) throws IOException {
            failIfTold();
            kept.delete(name);
        }

        private void failIfTold() throws IOException {
            if (failing) {
                throw new IOException("the disk is full");
            }
        }
    }
}
