package dev.luma.server;

import dev.luma.core.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses Luma may send requests to that it did not start itself. The operator lists them; some are refused
 * whatever the list says, because what listens there trusts whoever can reach it.
 *
 * @param ranges what the operator has listed
 * @param ownPorts where Luma itself listens on this machine
 */
record AllowedUpstreams(List<Cidr> ranges, Set<Integer> ownPorts) {

    /** Metadata of cloud machines at addresses that are not link-local. */
    private static final List<Cidr> METADATA = List.of(
            Cidr.of("fd00:ec2::254"), // AWS
            Cidr.of("fd20:ce::254"), // Google
            Cidr.of("fd00:42::42"), // Scaleway
            Cidr.of("168.63.129.16"), // Azure
            Cidr.of("100.100.100.200"), // Alibaba
            Cidr.of("192.0.0.192")); // Oracle

    /** Of these nobody can say to what address of IPv4 they lead: RFC 8215, Teredo (RFC 4380), SIIT (RFC 7915). */
    private static final List<Cidr> OBSCURE =
            List.of(Cidr.of("64:ff9b:1::/48"), Cidr.of("2001::/32"), Cidr.of("::ffff:0:0:0/96"));

    /** Addresses of IPv6 that lead to one of IPv4: compatible, translated (RFC 6052), 6to4 (RFC 3056). */
    private static final Cidr COMPATIBLE = Cidr.of("::/96");

    private static final Cidr TRANSLATED = Cidr.of("64:ff9b::/96");
    private static final Cidr SIX_TO_FOUR = Cidr.of("2002::/16");

    AllowedUpstreams {
        ranges = List.copyOf(ranges);
        ownPorts = Set.copyOf(ownPorts);
    }

    /** Why no request may go there, as the end of a sentence; empty if it may. */
    Optional<String> refusal(InetAddress written, int port) {
        InetAddress address = plain(written);
        Optional<InetAddress> behind = behind(address);
        String shown = address.getHostAddress();
        if (isNever(address) || behind.filter(AllowedUpstreams::isNever).isPresent()) {
            return Optional.of("leads to " + shown + ", where Luma never sends requests");
        }
        if (ownPorts.contains(port)
                && (isHere(address) || behind.filter(AllowedUpstreams::isHere).isPresent())) {
            return Optional.of("leads to " + shown + " port " + port + ", which is Luma itself");
        }
        return ranges.stream().anyMatch(range -> range.contains(address))
                ? Optional.empty()
                : Optional.of(
                        "leads to " + shown + ", which is not in allowed_upstreams; add it there and restart Luma");
    }

    /** The address as the system reaches it: one of IPv4 that a name server has written as IPv6 maps it is one of IPv4. */
    static InetAddress plain(InetAddress address) {
        return address(address.getAddress());
    }

    private static boolean isNever(InetAddress address) {
        byte[] octets = address.getAddress();
        boolean v4 = octets.length == 4;
        return address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || address.isAnyLocalAddress()
                || (v4 && octets[0] == 0)
                || (v4 && (octets[0] & 0xf0) == 0xf0)
                || METADATA.stream().anyMatch(range -> range.contains(address))
                || OBSCURE.stream().anyMatch(range -> range.contains(address));
    }

    private static Optional<InetAddress> behind(InetAddress address) {
        if (!(address instanceof Inet6Address) || address.isLoopbackAddress()) {
            return Optional.empty();
        }
        byte[] octets = address.getAddress();
        if (COMPATIBLE.contains(address) || TRANSLATED.contains(address)) {
            return Optional.of(address(Arrays.copyOfRange(octets, 12, 16)));
        }
        return SIX_TO_FOUR.contains(address)
                ? Optional.of(address(Arrays.copyOfRange(octets, 2, 6)))
                : Optional.empty();
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    private static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }
}
