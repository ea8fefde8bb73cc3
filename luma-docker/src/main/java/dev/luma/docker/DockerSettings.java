package dev.luma.docker;

import java.net.URI;
import java.time.Duration;

/**
 * How Luma uses a Docker engine.
 *
 * @param host {@code unix:///path/to/socket} or {@code tcp://host:port}
 * @param owner the id of this Luma; labels everything that it makes, and nothing without it is touched
 * @param reach on which address containers are reached
 * @param sandboxes how many sandboxes wait for containers that are going to start; 0 for none
 * @param kept which containers of sleeping projects are kept
 * @param times how long to wait for what
 */
public record DockerSettings(URI host, String owner, Reach reach, int sandboxes, Keep kept, Times times) {

    /** How many sandboxes wait by default. */
    public static final int SANDBOXES = 2;

    /**
     * Which stopped containers of sleeping projects are kept, so that they only have to be started.
     *
     * @param count how many at most; 0 for none
     * @param age for how long each
     */
    public record Keep(int count, Duration age) {

        public static final Keep DEFAULTS = new Keep(8, Duration.ofHours(24));

        public static final Keep NONE = new Keep(0, Duration.ZERO);

        public Keep {
            if (count < 0 || age.isNegative()) {
                throw new IllegalArgumentException("kept containers must not be negative");
            }
        }
    }

    /** On which address containers are reached. */
    public enum Reach {
        /** On their own address where it leads to them from here, else on a published port. */
        AUTO,
        /** Always on their own address. */
        DIRECT,
        /** Always on a published port. */
        PUBLISHED
    }

    /**
     * How long to wait for what.
     *
     * @param call for the answer to a short call
     * @param start for the answer to the start or the removal of a container
     * @param pull for an image to be pulled
     * @param firstGap before the first try to connect again
     * @param longestGap the gap doubles up to this
     * @param round between two looks at what the engine holds, which notice what no event told
     */
    public record Times(
            Duration call, Duration start, Duration pull, Duration firstGap, Duration longestGap, Duration round) {

        public static final Times DEFAULTS = new Times(
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofMinutes(15),
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30));
    }

    public DockerSettings {
        String scheme = host.getScheme();
        boolean unix = "unix".equals(scheme)
                && host.getPath() != null
                && host.getPath().length() > 1;
        boolean tcp = "tcp".equals(scheme) && host.getHost() != null && host.getPort() > 0;
        if (!unix && !tcp) {
            throw refused(host.toString());
        }
        if (owner.isBlank()) {
            throw new IllegalArgumentException("owner must not be blank");
        }
        if (sandboxes < 0) {
            throw new IllegalArgumentException("sandboxes must not be negative");
        }
    }

    /** Settings with the usual times. Throws {@link IllegalArgumentException} with a sentence for the user. */
    public static DockerSettings of(String host, String owner) {
        try {
            return new DockerSettings(URI.create(host), owner, Reach.AUTO, SANDBOXES, Keep.DEFAULTS, Times.DEFAULTS);
        } catch (IllegalArgumentException malformed) {
            throw owner.isBlank() ? malformed : refused(host);
        }
    }

    public DockerSettings withReach(Reach other) {
        return new DockerSettings(host, owner, other, sandboxes, kept, times);
    }

    public DockerSettings withSandboxes(int count) {
        return new DockerSettings(host, owner, reach, count, kept, times);
    }

    public DockerSettings withKept(Keep other) {
        return new DockerSettings(host, owner, reach, sandboxes, other, times);
    }

    public DockerSettings withTimes(Times other) {
        return new DockerSettings(host, owner, reach, sandboxes, kept, other);
    }

    boolean isUnix() {
        return "unix".equals(host.getScheme());
    }

    private static IllegalArgumentException refused(String host) {
        return new IllegalArgumentException("docker_host is \"" + host
                + "\"; it must be unix:///path/to/socket (such as unix:///var/run/docker.sock) or tcp://host:port");
    }
}
