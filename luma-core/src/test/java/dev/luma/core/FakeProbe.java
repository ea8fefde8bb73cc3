package dev.luma.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Says that an app answers in the moment in which the {@link FakeContainer} at the endpoint does. */
final class FakeProbe implements ReadinessProbe {

    private final FakeRuntime runtime;
    private final List<Watch> watches = new ArrayList<>();

    private record Watch(FakeContainer container, Target target, Listener listener) {}

    FakeProbe(FakeRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Scheduler.Cancellable await(Target target, Listener listener) {
        FakeContainer container = runtime.at(target.endpoint());
        Duration tried = container.project.startTimeout(runtime.limits().startTimeout());
        container.mayBeStoppedAt(runtime.now().plus(tried).plus(runtime.limits().drainTimeout()));
        Watch watch = new Watch(container, target, listener);
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

    /** What is tried at the container now. */
    synchronized List<Target> targets(FakeContainer container) {
        return watches.stream()
                .filter(watch -> watch.container() == container)
                .map(Watch::target)
                .toList();
    }

    void saw(FakeContainer container, String what) {
        List<Watch> watching;
        synchronized (this) {
            watching = watches.stream()
                    .filter(watch -> watch.container() == container)
                    .toList();
        }
        watching.forEach(watch -> watch.listener().seen(what));
    }

    void answered(FakeContainer container) {
        for (Watch watch : take(container)) {
            container.markReady();
            watch.listener().ready();
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
