package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import dev.luma.core.Project;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes each kind of call once, so that the first request does not pay for the loading of classes. Every call here names
 * something that cannot exist, and is refused by the engine.
 */
final class Warmth {

    private static final Logger LOG = LoggerFactory.getLogger(Warmth.class);

    /** The domain "invalid" is reserved for names that must not exist (RFC 6761). */
    private static final String NOTHING = "luma.invalid/warm-up:none";

    private Warmth() {}

    static void spread(DockerClient client, EngineFacts facts) {
        String nobody = "luma-warm-up-of-nothing";
        Project project = Project.draft("warm-up", "warm-up.invalid", NOTHING, 80, Map.of(), Optional.empty());
        ContainerSpec spec = new ContainerSpec("warm-up", "warm-up", project);
        attempt(() -> client.pingCmd().exec());
        attempt(() -> client.inspectImageCmd(NOTHING).exec());
        attempt(() -> spec.command(client, facts).exec());
        attempt(() -> client.startContainerCmd(nobody).exec());
        attempt(() -> client.inspectContainerCmd(nobody).exec());
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
