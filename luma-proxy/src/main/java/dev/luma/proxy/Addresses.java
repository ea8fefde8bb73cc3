package dev.luma.proxy;

import dev.luma.core.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** IP addresses in their different forms, without a look-up. */
final class Addresses {

    private static final int IPV6_LENGTH = 16;

    private Addresses() {}

    /** The address of a client, or of all that may be the same one: who has one address of IPv6 has all of its /64. */
    static String household(String address) {
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
        if (octets == null || octets.length < IPV6_LENGTH) {
            return address;
        }
        Arrays.fill(octets, IPV6_LENGTH / 2, IPV6_LENGTH, (byte) 0);
        return NetUtil.bytesToIpAddress(octets);
    }

    /** Where the endpoint is. */
    static InetSocketAddress of(Endpoint endpoint) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(endpoint.address());
        if (address == null) {
            throw new IllegalArgumentException(endpoint.address() + " is not an IP address");
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), endpoint.port());
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }
}
