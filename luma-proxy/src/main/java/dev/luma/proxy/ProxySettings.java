package dev.luma.proxy;

import dev.luma.core.Cidr;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * How the data plane behaves.
 *
 * @param host the address to listen on, as a literal or a name
 * @param port the port to listen on; 0 for any that is free
 */
public record ProxySettings(
        String host, int port, Timeouts timeouts, Bounds bounds, Connections connections, Front front) {

    public static final ProxySettings DEFAULTS = new ProxySettings(
            "0.0.0.0", 8080, Timeouts.DEFAULTS, Bounds.DEFAULTS, Connections.DEFAULTS, Front.DEFAULTS);

    /**
     * How long is waited for what. One timer a loop looks after all of them, so each may take up to a second longer.
     *
     * @param head for the rest of a request's head, once it began
     * @param body for the next octets of a request's body
     * @param connect for a connection to an instance
     * @param firstByte for the first octets of an answer, and for an instance that does not take the request's body
     * @param response for the next octets of an answer, and for a client that does not take them
     * @param request for a whole request, from its head to the end of its answer, but for tunnels; zero for no limit
     * @param tunnel for the next octets in a tunnel, of either side
     * @param keepAlive for the next request on a client's connection
     * @param upstreamIdle how long a connection to an instance is kept without a request
     * @param linger how long a client that still sends is listened to after its answer
     */
    public record Timeouts(
            Duration head,
            Duration body,
            Duration connect,
            Duration firstByte,
            Duration response,
            Duration request,
            Duration tunnel,
            Duration keepAlive,
            Duration upstreamIdle,
            Duration linger) {

        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(10),
                Duration.ZERO,
                Duration.ofHours(1),
                Duration.ofSeconds(75),
                Duration.ofSeconds(4),
                Duration.ofSeconds(2));
    }

    /**
     * How much is taken.
     *
     * @param head the most octets that the head of a request or response may have
     * @param requestLine the most octets that a request line may have; at most as many as a head
     * @param parked the most octets of a request that are kept while it waits for its instance; at least as many as a head
     * @param requestBody the most octets that the body of a request may have, unless its project says otherwise; zero for
     *     no limit
     * @param requestsPerConnection after how many requests a client's connection is closed; zero for no limit
     */
    public record Bounds(int head, int requestLine, int parked, long requestBody, int requestsPerConnection) {

        public static final Bounds DEFAULTS = new Bounds(32 * 1024, 16 * 1024, 64 * 1024, 0, 0);

        public Bounds {
            if (parked < head || requestLine > head) {
                throw new IllegalArgumentException(
                        "a request line may be at most as long as a head, and a head as what is kept of a parked request: "
                                + requestLine + ", " + head + ", " + parked);
            }
        }
    }

    /**
     * How many clients are served at a time.
     *
     * @param most how many connections of clients there may be in all
     * @param perAddress how many of them may come from one address, or from one /64 of IPv6; zero for no limit
     * @param files how many files and connections the process may have open; zero if that is not known
     */
    public record Connections(int most, int perAddress, int files) {

        public static final Connections DEFAULTS = new Connections(50_000, 1_024, 0);
    }

    /**
     * What stands in front of the data plane.
     *
     * @param trustedProxies where the proxies are that are believed what they say of their clients
     * @param proxyProtocol whether each connection of theirs begins with a header of the PROXY protocol
     */
    public record Front(List<Cidr> trustedProxies, boolean proxyProtocol) {

        public static final Front DEFAULTS = new Front(List.of(), false);

        public Front {
            trustedProxies = List.copyOf(trustedProxies);
        }

        /** Whether a connection from there is a proxy's. */
        public boolean trusts(InetAddress address) {
            for (int i = 0; i < trustedProxies.size(); i++) {
                if (trustedProxies.get(i).contains(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The same, listening elsewhere. */
    public ProxySettings at(String newHost, int newPort) {
        return new ProxySettings(newHost, newPort, timeouts, bounds, connections, front);
    }

    public ProxySettings with(Timeouts others) {
        return new ProxySettings(host, port, others, bounds, connections, front);
    }

    public ProxySettings with(Bounds others) {
        return new ProxySettings(host, port, timeouts, others, connections, front);
    }

    public ProxySettings with(Connections others) {
        return new ProxySettings(host, port, timeouts, bounds, others, front);
    }

    public ProxySettings with(Front others) {
        return new ProxySettings(host, port, timeouts, bounds, connections, others);
    }
}
