package dev.luma.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Network;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;

/**
 * Whether the address of a container leads to it from here. It does where the engine runs on this very kernel and its
 * bridge is one of this machine's interfaces; it does not where the engine lives in a virtual machine (Docker Desktop) or
 * in a network namespace of its own (rootless, or Luma itself in a container).
 *
 * @param kernel of the engine
 * @param operatingSystem of the engine
 * @param securityOptions of the engine
 * @param subnets of the bridge, as {@code 172.17.0.0/16}
 * @param ownKernel of this machine
 * @param ownAddresses of this machine's interfaces
 */
record Reachability(
        String kernel,
        String operatingSystem,
        List<String> securityOptions,
        List<String> subnets,
        String ownKernel,
        List<InetAddress> ownAddresses) {

    static final String BRIDGE = "bridge";

    /** Asks the engine and this machine. */
    static Reachability of(DockerClient client, Info info) {
        return of(info, subnetsOf(client), localAddresses());
    }

    private static Reachability of(Info info, List<String> subnets, List<InetAddress> ownAddresses) {
        return new Reachability(
                Objects.requireNonNullElse(info.getKernelVersion(), ""),
                Objects.requireNonNullElse(info.getOperatingSystem(), ""),
                Objects.requireNonNullElse(info.getSecurityOptions(), List.of()),
                subnets,
                System.getProperty("os.version", ""),
                ownAddresses);
    }

    /** Whether the engine runs on this very kernel: then its containers live in this machine's memory. */
    static boolean isHere(Info info) {
        return of(info, List.of(), List.of()).isHere();
    }

    boolean isHere() {
        return kernel.equals(ownKernel) && !operatingSystem.contains("Docker Desktop");
    }

    boolean isDirect() {
        return isHere()
                && securityOptions.stream().noneMatch(option -> option.contains("rootless"))
                && subnets.stream().anyMatch(subnet -> ownAddresses.stream().anyMatch(own -> contains(subnet, own)));
    }

    /** Whether the address lies in the subnet. */
    static boolean contains(String subnet, InetAddress address) {
        int slash = subnet.indexOf('/');
        if (slash < 0) {
            return false;
        }
        byte[] network = literal(subnet.substring(0, slash));
        byte[] candidate = address.getAddress();
        int bits = Integer.parseInt(subnet.substring(slash + 1));
        if (network.length != candidate.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if (((network[bit / 8] ^ candidate[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static List<String> subnetsOf(DockerClient client) {
        try {
            Network.Ipam ipam =
                    client.inspectNetworkCmd().withNetworkId(BRIDGE).exec().getIpam();
            return ipam == null || ipam.getConfig() == null
                    ? List.of()
                    : ipam.getConfig().stream()
                            .map(Network.Ipam.Config::getSubnet)
                            .filter(Objects::nonNull)
                            .toList();
        } catch (NotFoundException engineWithoutBridge) {
            return List.of();
        }
    }

    private static List<InetAddress> localAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException unreadable) {
            throw new UncheckedIOException("this machine's network interfaces cannot be read", unreadable);
        }
    }

    private static byte[] literal(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException noAddress) {
            throw new IllegalArgumentException("the engine's bridge has the subnet " + address, noAddress);
        }
    }
}
