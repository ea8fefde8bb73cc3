package dev.luma.proxy;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the clients' connections, in all and by address, over all loops. Touched when a connection comes and when it
 * goes, never by a request.
 */
final class ConnectionLimits {

    /** Whether a connection may be, and if not, why not. */
    enum Verdict {
        ADMITTED,
        TOO_MANY,
        TOO_MANY_OF_ADDRESS
    }

    private final ProxySettings.Connections settings;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<Long, Integer> byAddress = new ConcurrentHashMap<>();

    ConnectionLimits(ProxySettings.Connections settings) {
        this.settings = settings;
    }

    /** Counts a new connection; one that is admitted has to {@link #leave}. */
    Verdict enter(InetAddress address) {
        if (!enter()) {
            return Verdict.TOO_MANY;
        }
        if (!enterFrom(address)) {
            leave();
            return Verdict.TOO_MANY_OF_ADDRESS;
        }
        return Verdict.ADMITTED;
    }

    void leave(InetAddress address) {
        leave();
        leaveFrom(address);
    }

    /** Counts a connection in all only, as one of somebody who brings those of many clients. */
    boolean enter() {
        if (open.incrementAndGet() > settings.most()) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        open.decrementAndGet();
    }

    /** Counts a connection by its address only. */
    boolean enterFrom(InetAddress address) {
        if (countsByAddress() && byAddress.merge(key(address), 1, Integer::sum) > settings.perAddress()) {
            leaveFrom(address);
            return false;
        }
        return true;
    }

    void leaveFrom(InetAddress address) {
        if (countsByAddress()) {
            byAddress.computeIfPresent(key(address), (same, count) -> count == 1 ? null : count - 1);
        }
    }

    private boolean countsByAddress() {
        return settings.perAddress() > 0;
    }

    /** Whoever has one address of IPv6 has all of its /64; there is no IPv4 address among those numbers that are used. */
    private static long key(InetAddress address) {
        byte[] octets = address.getAddress();
        long key = 0;
        for (int i = 0; i < Math.min(octets.length, Long.BYTES); i++) {
            key = key << 8 | (octets[i] & 0xff);
        }
        return key;
    }

    int open() {
        return open.get();
    }

    int addresses() {
        return byAddress.size();
    }
}
