package dev.luma.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a failure of what an adapter throws, instead of an outcome, on the caller's thread: because the queue of its
 * pool is full or closed, say. So every start and every stop ends, whatever the adapter does.
 */
final class GuardedRuntime implements ContainerRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedRuntime.class);

    private final ContainerRuntime runtime;

    GuardedRuntime(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public CompletionStage<Void> prepare(Project project) {
        return guarded(() -> runtime.prepare(project), "Preparing " + project.name());
    }

    @Override
    public void start(String instanceId, Project project, StartListener listener) {
        try {
            runtime.start(instanceId, project, listener);
        } catch (RuntimeException bug) {
            LOG.error("Starting {} failed", instanceId, bug);
            listener.failed(new StartFailure(
                    Refusal.Reason.START_FAILED,
                    "the container of " + project.name() + " could not be started; Luma's log says why",
                    List.of()));
        }
    }

    @Override
    public CompletionStage<Void> stop(String instanceId, Duration grace) {
        return guarded(() -> runtime.stop(instanceId, grace), "Stopping " + instanceId);
    }

    @Override
    public CompletionStage<Void> sleep(String instanceId, Project project, Duration grace) {
        return guarded(() -> runtime.sleep(instanceId, project, grace), "Putting " + instanceId + " to sleep");
    }

    @Override
    public void makeAhead(Project project) {
        try {
            runtime.makeAhead(project);
        } catch (RuntimeException bug) {
            LOG.error("Making a container of {} ahead of its start failed", project.name(), bug);
        }
    }

    @Override
    public CompletionStage<Void> forget(Project project) {
        return guarded(() -> runtime.forget(project), "Forgetting " + project.name());
    }

    @Override
    public CompletionStage<Void> pause(String instanceId) {
        return guarded(() -> runtime.pause(instanceId), "Pausing " + instanceId);
    }

    @Override
    public CompletionStage<Void> resume(String instanceId) {
        return guarded(() -> runtime.resume(instanceId), "Resuming " + instanceId);
    }

    @Override
    public CompletionStage<Boolean> check(String instanceId) {
        return guarded(() -> runtime.check(instanceId), "Checking " + instanceId);
    }

    @Override
    public boolean isHere() {
        return runtime.isHere();
    }

    @Override
    public Status status() {
        return runtime.status();
    }

    @Override
    public List<Finding> findings() {
        return runtime.findings();
    }

    @Override
    public int startsAtOnce() {
        return runtime.startsAtOnce();
    }

    @Override
    public void listen(Listener listener) {
        runtime.listen(listener);
    }

    private static <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> call, String what) {
        try {
            return call.get();
        } catch (RuntimeException bug) {
            LOG.error("{} failed", what, bug);
            return CompletableFuture.failedFuture(bug);
        }
    }
}
