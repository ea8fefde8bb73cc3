package dev.luma.proxy;

import dev.luma.core.Upstream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The route of the last request: on one connection the next one nearly always has the same. */
final class LastRoute {

    private final Loop loop;
    private byte[] authority = {};
    private String host = "";
    private byte[] forwarded = {};
    private @Nullable Upstream upstream;
    private long version = -1;

    LastRoute(Loop loop) {
        this.loop = loop;
    }

    /** The project that the request names, and what is said to it about this client; the same as last time, mostly. */
    @Nullable
    Upstream find(RequestHead head, Peer peer) throws BadMessage {
        byte[] octets = head.octets();
        long current = loop.routes.version();
        boolean same = Arrays.equals(octets, head.authorityStart, head.authorityEnd, authority, 0, authority.length);
        if (!same || current != version) {
            String named = Authority.host(octets, head.authorityStart, head.authorityEnd);
            authority = Arrays.copyOfRange(octets, head.authorityStart, head.authorityEnd);
            host = Octets.text(authority, 0, authority.length);
            forwarded = HeadWriter.forwarded(peer.address(), peer.address(), peer.scheme(), host, "");
            upstream = loop.routes.find(named);
            version = current;
        }
        return upstream;
    }

    /** The authority as the client has written it. */
    String host() {
        return host;
    }

    /** The field lines for the app that say where the request comes from, if that is this connection's other end. */
    byte[] forwarded() {
        return forwarded;
    }
}
