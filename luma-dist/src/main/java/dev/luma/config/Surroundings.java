package dev.luma.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the process finds around itself, as far as settings depend on it.
 *
 * @param root whether Luma runs as the super-user
 * @param home the user's home directory
 * @param install where Luma is unpacked, if it was started from there
 */
public record Surroundings(Map<String, String> environment, boolean root, Path home, Optional<Path> install) {

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    public static Surroundings ofProcess() {
        return new Surroundings(
                System.getenv(),
                "root".equals(System.getProperty("user.name")),
                Path.of(System.getProperty("user.home", "/")),
                Optional.ofNullable(System.getProperty("luma.home")).map(Path::of));
    }

    /** An environment variable; one that is empty counts as not set. */
    Optional<String> variable(String name) {
        @Nullable String value = environment.get(name);
        return Optional.ofNullable(value).filter(text -> !text.isBlank());
    }

    String dockerHost() {
        return variable("DOCKER_HOST").orElse("unix:///var/run/docker.sock");
    }

    String stateDirectory() {
        Optional<String> fromSystemd = variable("STATE_DIRECTORY").map(list -> list.split(":", 2)[0]);
        if (fromSystemd.isPresent()) {
            return fromSystemd.get();
        }
        return root
                ? "/var/lib/luma"
                : variable("XDG_STATE_HOME")
                        .map(Path::of)
                        .orElse(home.resolve(".local/state"))
                        .resolve("luma")
                        .toString();
    }
}
