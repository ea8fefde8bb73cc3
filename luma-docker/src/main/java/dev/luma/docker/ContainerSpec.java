package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.luma.core.Project;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What container a project gets.
 *
 * @param owner the id of this Luma
 * @param place where its network comes from
 */
record ContainerSpec(String owner, String instanceId, Project project, Place place) {

    /** The variable that tells an app on which port to listen, unless the user set it. */
    private static final String PORT = "PORT";

    static String name(String instanceId) {
        return "luma-" + instanceId;
    }

    /** The environment as {@code NAME=value}, in the order of the names. */
    List<String> environment() {
        Map<String, String> variables = new TreeMap<>(project.container().env());
        variables.putIfAbsent(PORT, Integer.toString(project.source().port()));
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    CreateContainerCmd command(DockerClient client, EngineFacts facts) {
        ExposedPort port = ExposedPort.tcp(project.source().port());
        HostConfig host = HostConfig.newHostConfig()
                .withNetworkMode(place.networkMode())
                .withRestartPolicy(RestartPolicy.noRestart());
        CreateContainerCmd command = client.createContainerCmd(
                        project.container().image())
                .withName(name(instanceId))
                .withLabels(Labels.of(owner, project, instanceId))
                .withEnv(environment());
        if (!facts.direct()) {
            // Without a number the engine chooses a free port.
            host.withPortBindings(new PortBinding(Binding.bindIp(facts.publishAddress()), port));
            command.withExposedPorts(port);
        }
        return command.withHostConfig(host);
    }
}
