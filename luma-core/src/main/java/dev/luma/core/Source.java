package dev.luma.core;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What answers the requests of a project: a container that Luma runs, or something that runs anyway. */
public sealed interface Source {

    /** The TCP port on which the app listens. */
    int port();

    /**
     * A container of an image.
     *
     * @param image a container image reference
     * @param port the port inside the container
     * @param env environment variables for the container
     */
    record Container(String image, int port, Map<String, String> env) implements Source {
        public Container {
            ProjectRules.require("docker_image", ProjectRules.image(image));
            ProjectRules.require("container_port", ProjectRules.port(port));
            ProjectRules.require("env_vars", ProjectRules.env(env));
            env = Map.copyOf(env);
        }
    }

    /**
     * Something that Luma neither starts nor stops.
     *
     * @param host a host name, or an IP literal without brackets
     * @param port 1 to 65535
     */
    record External(String host, int port) implements Source {

        /** How long it may take to be found, and then to take a connection: it listens already, or nobody knows when it will. */
        public static final Duration START_TIMEOUT = Duration.ofSeconds(5);

        private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^\\[\\]:]+)):([1-9][0-9]{0,4})");

        public External {
            ProjectRules.require("upstream", ProjectRules.upstreamHost(host));
            ProjectRules.require("upstream", ProjectRules.port(port));
        }

        /** Reads {@code host:port}; empty when the text is something else. */
        public static Optional<External> parse(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65_535) {
                return Optional.empty();
            }
            String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            return ProjectRules.upstreamHost(host).isEmpty()
                    ? Optional.of(new External(host, Integer.parseInt(matcher.group(3))))
                    : Optional.empty();
        }

        /** The form that {@link #parse} reads. */
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
