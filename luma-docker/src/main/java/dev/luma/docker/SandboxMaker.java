package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.luma.core.Ticker;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes the image of sandboxes and sandboxes of it. Every method blocks, on a thread of whoever calls it. */
final class SandboxMaker {

    private final String owner;
    private final SandboxImage image;
    private final Ticker ticker;

    /** @param took how long the engine's start call took, of which most is the making of the network */
    record Made(Place.Sandbox sandbox, Duration took) {}

    SandboxMaker(String owner, SandboxProgram program, Ticker ticker) {
        this.owner = owner;
        this.image = new SandboxImage(program);
        this.ticker = ticker;
    }

    /** The engine is given the image, and keeps it. */
    void makeImage(DockerClient client) {
        try {
            client.inspectImageCmd(image.name()).exec();
        } catch (NotFoundException missing) {
            client.loadImageCmd(new ByteArrayInputStream(image.archive())).exec();
        }
    }

    Made make(DockerClient client, String name, Place place) {
        String id = create(client, name, place);
        long from = ticker.nanos();
        client.startContainerCmd(id).exec();
        Duration took = Duration.ofNanos(ticker.nanos() - from);
        InspectContainerResponse container = client.inspectContainerCmd(id).exec();
        String address = Addresses.own(container.getNetworkSettings())
                .orElseThrow(() -> new IllegalStateException("the engine gave the sandbox " + name + " no address"));
        return new Made(new Place.Sandbox(name, id, address), took);
    }

    /** How long the start of a container takes whose network is there already. The caller removes the container. */
    Duration startWithin(DockerClient client, String name, Place.Sandbox sandbox) {
        String id = create(client, name, sandbox);
        long from = ticker.nanos();
        client.startContainerCmd(id).exec();
        return Duration.ofNanos(ticker.nanos() - from);
    }

    boolean isAlive(DockerClient client, Place.Sandbox sandbox) {
        try {
            return !sandbox.isDead()
                    && Boolean.TRUE.equals(client.inspectContainerCmd(sandbox.containerId())
                            .exec()
                            .getState()
                            .getRunning());
        } catch (NotFoundException gone) {
            return false;
        }
    }

    /** It may do nothing, and sees nothing: all that is wanted of it is that its network exists. */
    private String create(DockerClient client, String name, Place place) {
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(place.networkMode())
                .withRestartPolicy(RestartPolicy.noRestart())
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                .withIpcMode("none")
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withReadonlyRootfs(true);
        CreateContainerCmd command = client.createContainerCmd(image.name())
                .withName(name)
                // As a first process it hears no other signal, and an engine that stops would wait for it in vain.
                .withStopSignal("SIGKILL")
                .withLabels(Map.of(Labels.OWNER, owner, Labels.SANDBOX, name))
                .withHostConfig(host);
        return Objects.requireNonNull(command.exec().getId());
    }
}
