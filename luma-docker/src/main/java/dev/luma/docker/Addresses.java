package dev.luma.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.NetworkSettings;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.luma.core.Endpoint;
import dev.luma.core.Endpoint.Reach;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Luma needs to know of a container that runs. */
final class Addresses {

    private Addresses() {}

    static Optional<Endpoint> endpoint(InspectContainerResponse container, EngineFacts facts, int port) {
        NetworkSettings settings = container.getNetworkSettings();
        return facts.direct() ? direct(settings, port) : published(settings, facts.publishAddress(), port);
    }

    /** The signal that the image wants to be stopped with. */
    static Optional<String> stopSignal(InspectContainerResponse container) {
        // The library has no accessor for it, but keeps what it has not understood.
        return container.getRawValues().get("Config") instanceof Map<?, ?> config
                        && config.get("StopSignal") instanceof String signal
                        && !signal.isBlank()
                ? Optional.of(signal)
                : Optional.empty();
    }

    /** The second of the engine's clock in which the container was started last; 0 if the engine does not say. */
    static int startSecond(InspectContainerResponse container) {
        return startSecond(Objects.requireNonNullElse(container.getState().getStartedAt(), ""));
    }

    static int startSecond(String moment) {
        try {
            long second = Instant.parse(moment).getEpochSecond();
            return second > 0 && second <= Integer.MAX_VALUE ? (int) second : 0;
        } catch (DateTimeException untold) {
            return 0;
        }
    }

    private static Optional<Endpoint> direct(NetworkSettings settings, int port) {
        return own(settings).map(address -> new Endpoint(address, port, Reach.DIRECT));
    }

    /** The address of the container's own network interface. */
    static Optional<String> own(NetworkSettings settings) {
        @Nullable Map<String, ContainerNetwork> networks = settings.getNetworks();
        return networks == null
                ? Optional.empty()
                : networks.values().stream()
                        .map(ContainerNetwork::getIpAddress)
                        .filter(Addresses::isSet)
                        .findFirst();
    }

    private static Optional<Endpoint> published(NetworkSettings settings, String address, int port) {
        @Nullable Ports ports = settings.getPorts();
        Binding @Nullable [] bindings =
                ports == null ? null : ports.getBindings().get(ExposedPort.tcp(port));
        return bindings == null
                ? Optional.empty()
                : Arrays.stream(bindings)
                        .map(Binding::getHostPortSpec)
                        .filter(Addresses::isSet)
                        .findFirst()
                        .map(spec -> new Endpoint(address, Integer.parseInt(spec), Reach.PUBLISHED));
    }

    private static boolean isSet(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
