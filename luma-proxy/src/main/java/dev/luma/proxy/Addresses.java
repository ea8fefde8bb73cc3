package dev.luma.proxy;

import dev.luma.core.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** From the domain's endpoints to socket addresses, without a look-up. */
final class Addresses {

    private Addresses() {}

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
