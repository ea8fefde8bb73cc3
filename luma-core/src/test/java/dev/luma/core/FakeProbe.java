package dev.luma.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Says that an app answers in the moment in which the {@link FakeContainer} at the endpoint does. */
final class FakeProbe implements ReadinessProbe {

    private final FakeRuntime runtime;
    private final List<Watch> watches = new ArrayList<>();

    private record Watch(FakeContainer container, Runnable onReady) {}

    FakeProbe(FakeRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Scheduler.Cancellable await(Endpoint endpoint, Runnable onReady) {
        FakeContainer container = runtime.at(endpoint);
        Duration tried = container.project.startTimeout(runtime.limits().startTimeout());
        container.mayBeStoppedAt(runtime.now().plus(tried).plus(runtime.limits().drainTimeout()));
        Watch watch = new Watch(container, onReady);
        synchronized (this) {
            watches.add(watch);
        }
        if (container.isAnswering()) {
            answered(container);
        }
        return () -> drop(watch);
    }

    /** How many endpoints are being tried. */
    synchronized int active() {
        return watches.size();
    }

    void answered(FakeContainer container) {
        for (Watch watch : take(container)) {
            container.markReady();
            watch.onReady().run();
        }
    }

    private synchronized List<Watch> take(FakeContainer container) {
        List<Watch> taken =
                watches.stream().filter(watch -> watch.container() == container).toList();
        watches.removeAll(taken);
        return taken;
    }

    private synchronized void drop(Watch watch) {
        watches.remove(watch);
    }
}
