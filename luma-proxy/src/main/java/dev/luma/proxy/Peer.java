package dev.luma.proxy;

import dev.luma.proxy.ProxySettings.Front;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whoever is at the other end of a client's connection, as a header of the PROXY protocol names it or else as the socket
 * does.
 *
 * @param address as it is written, without a zone
 * @param trusted whether it is a proxy that is believed what it says of the client for which it asks
 * @param secure whether the client is known to speak TLS to the proxy in front
 */
record Peer(String address, boolean trusted, boolean secure) {

    static final Peer UNKNOWN = new Peer("unknown", false, false);

    /** The other end of the socket. */
    static Peer of(Channel channel, Front front) {
        InetAddress address = addressOf(channel);
        return address == null ? UNKNOWN : new Peer(NetUtil.toAddressString(address), front.trusts(address), false);
    }

    /**
     * Whom the header names. Where it names nobody it is somebody behind the proxy, who is not the proxy and so not
     * believed in its place.
     */
    static Peer of(Channel channel, Front front, ProxyHeader header) {
        InetAddress source = header.source();
        if (source == null) {
            return new Peer(of(channel, front).address(), false, header.isSecure());
        }
        return new Peer(NetUtil.toAddressString(source), front.trusts(source), header.isSecure());
    }

    private static @Nullable InetAddress addressOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
    }

    /** The scheme of the client's requests, as far as the connection tells. */
    String scheme() {
        return secure ? "https" : "http";
    }
}
