package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.RemoteApiVersion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Objects;

/** The first words with an engine: what it is, which version both speak, and how its containers are reached. Blocks. */
final class Handshake {

    /** What came of it. */
    record Result(DockerClient client, EngineFacts facts) {}

    private Handshake() {}

    static Result with(Wire wire, DockerSettings settings) throws UnsupportedEngineException, UnknownHostException {
        Version version = wire.client(RemoteApiVersion.unknown()).versionCmd().exec();
        RemoteApiVersion chosen = ApiVersion.choose(
                text(version.getVersion()), text(version.getApiVersion()), text(version.getMinAPIVersion()));
        DockerClient client = wire.client(chosen);
        Info info = client.infoCmd().exec();
        String description = "Docker " + text(version.getVersion()) + " (API " + chosen.getVersion() + ")";
        return new Result(
                client,
                new EngineFacts(
                        description,
                        settings.isUnix() && Reachability.isHere(info),
                        isDirect(client, info, settings),
                        publishAddress(settings),
                        text(info.getArchitecture()),
                        clock(text(info.getSystemTime()))));
    }

    /** An engine that does not tell its time is asked for all the events that it remembers, which does no harm. */
    private static Instant clock(String systemTime) {
        try {
            return OffsetDateTime.parse(systemTime).toInstant();
        } catch (DateTimeParseException untold) {
            return Instant.EPOCH;
        }
    }

    private static boolean isDirect(DockerClient client, Info info, DockerSettings settings) {
        return switch (settings.reach()) {
            case DIRECT -> true;
            case PUBLISHED -> false;
            case AUTO -> settings.isUnix() && Reachability.of(client, info).isDirect();
        };
    }

    private static String publishAddress(DockerSettings settings) throws UnknownHostException {
        return settings.isUnix()
                ? "127.0.0.1"
                : InetAddress.getByName(settings.host().getHost()).getHostAddress();
    }

    private static String text(String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
