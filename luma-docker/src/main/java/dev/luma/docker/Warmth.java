package dev.luma.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import dev.luma.core.Project;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes each kind of call once, and reads each kind of answer once, so that the first request does not pay for the
 * loading of classes. Every call here names something that cannot exist, and is refused by the engine; so the answers to
 * those that succeed are read from samples.
 */
final class Warmth {

    private static final Logger LOG = LoggerFactory.getLogger(Warmth.class);

    /** The domain "invalid" is reserved for names that must not exist (RFC 6761). */
    private static final String NOTHING = "luma.invalid/warm-up:none";

    private static final String CREATED = """
            {"Id": "0", "Warnings": []}""";

    private static final String CONTAINER = """
            {"Id": "0", "Name": "/sample", "Args": [], "Created": "2026-01-01T00:00:00Z",
             "State": {"Status": "running", "Running": true, "OOMKilled": false, "Pid": 1, "ExitCode": 0,
                       "Error": "", "StartedAt": "2026-01-01T00:00:00Z"},
             "HostConfig": {"NetworkMode": "default", "RestartPolicy": {"Name": "no"}, "Binds": null,
                            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
                            "LogConfig": {"Type": "json-file", "Config": {}}},
             "GraphDriver": {"Name": "overlay2", "Data": {}}, "Mounts": [],
             "Config": {"Env": ["A=b"], "Cmd": ["sample"], "Labels": {"a": "b"}, "StopSignal": "SIGQUIT",
                        "ExposedPorts": {"80/tcp": {}}},
             "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}]},
                                 "Networks": {"bridge": {"IPAddress": "172.17.0.2", "Aliases": null}}}}""";

    private static final String LISTED = """
            {"Id": "0", "Names": ["/sample"], "State": "running", "Labels": {"a": "b"}, "Ports": [], "Mounts": [],
             "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "172.17.0.2"}}}}""";

    private static final String EVENT = """
            {"Type": "container", "Action": "die", "time": 0, "timeNano": 0,
             "Actor": {"ID": "0", "Attributes": {"exitCode": "0"}}}""";

    private Warmth() {}

    static void spread(DockerClient client, EngineFacts facts, ObjectMapper json) {
        callAll(client, facts);
        try {
            json.readValue(CREATED, CreateContainerResponse.class);
            json.readValue(LISTED, Container.class);
            json.readValue(EVENT, Event.class);
            InspectContainerResponse container = json.readValue(CONTAINER, InspectContainerResponse.class);
            LOG.debug("A sample was read: {}", Addresses.endpoint(container, facts, 80));
        } catch (JsonProcessingException unreadable) {
            LOG.debug("A sample of the engine's answers cannot be read", unreadable);
        }
    }

    private static void callAll(DockerClient client, EngineFacts facts) {
        String nobody = "luma-warm-up-of-nothing";
        Project project = Project.draft("warm-up", "warm-up.invalid", NOTHING, 80, Map.of(), Optional.empty());
        ContainerSpec spec = new ContainerSpec("warm-up", "warm-up", project, new Place.Network(Reachability.BRIDGE));
        attempt(() -> client.pingCmd().exec());
        attempt(() -> client.inspectImageCmd(NOTHING).exec());
        attempt(() -> spec.command(client, facts).exec());
        attempt(() -> client.startContainerCmd(nobody).exec());
        attempt(() -> client.inspectContainerCmd(nobody).exec());
        attempt(() -> client.pauseContainerCmd(nobody).exec());
        attempt(() -> client.unpauseContainerCmd(nobody).exec());
        attempt(() -> client.killContainerCmd(nobody).withSignal("SIGTERM").exec());
        attempt(() -> client.removeContainerCmd(nobody).exec());
    }

    private static void attempt(Runnable call) {
        try {
            call.run();
        } catch (DockerException refused) {
            LOG.trace("Refused, as was to be expected: {}", refused.getMessage());
        }
    }
}
