package dev.luma.docker;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.Listener;
import dev.luma.core.ContainerRuntime.Status;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what the engine did by itself. */
final class Heard implements Listener {

    record End(String project, String instanceId, Exit exit) {}

    private final List<String> announced = new CopyOnWriteArrayList<>();
    private final List<End> ends = new CopyOnWriteArrayList<>();
    private final List<Status> statuses = new CopyOnWriteArrayList<>();

    @Override
    public void ended(String project, String instanceId) {
        announced.add(instanceId);
    }

    @Override
    public void exited(String project, String instanceId, Exit exit) {
        ends.add(new End(project, instanceId, exit));
    }

    @Override
    public void availabilityChanged(Status status) {
        statuses.add(status);
    }

    /** The instances that were said to have ended before it was known how. */
    List<String> announced() {
        return List.copyOf(announced);
    }

    List<End> ends() {
        return List.copyOf(ends);
    }

    List<Status> statuses() {
        return List.copyOf(statuses);
    }
}
