package dev.luma.proxy;

import java.time.Duration;

/**
 * How the data plane behaves.
 *
 * @param host the address to listen on, as a literal or a name
 * @param port the port to listen on; 0 for any that is free
 * @param maxHead the most octets that the head of a request or response may have
 * @param maxParked the most octets of a request that are kept while it waits for its instance; at least maxHead
 * @param headTimeout how long a client may take to send a head, once it began
 * @param idleTimeout how long a client's connection may stay without a request
 * @param connectTimeout how long a connection to an instance may take
 * @param upstreamIdleTimeout how long a connection to an instance is kept without a request
 * @param lingerTimeout how long a client that still sends is listened to after its answer
 */
public record ProxySettings(
        String host,
        int port,
        int maxHead,
        int maxParked,
        Duration headTimeout,
        Duration idleTimeout,
        Duration connectTimeout,
        Duration upstreamIdleTimeout,
        Duration lingerTimeout) {

    public ProxySettings {
        if (maxParked < maxHead) {
            throw new IllegalArgumentException(
                    "maxParked must be at least maxHead, or no head of that size would ever be" + " read; it is "
                            + maxParked + " and maxHead is " + maxHead);
        }
    }

    public static final ProxySettings DEFAULTS = new ProxySettings(
            "0.0.0.0",
            8080,
            32 * 1024,
            64 * 1024,
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(5),
            Duration.ofSeconds(4),
            Duration.ofSeconds(2));

    /** The same, listening elsewhere. */
    public ProxySettings at(String newHost, int newPort) {
        return new ProxySettings(
                newHost,
                newPort,
                maxHead,
                maxParked,
                headTimeout,
                idleTimeout,
                connectTimeout,
                upstreamIdleTimeout,
                lingerTimeout);
    }
}
