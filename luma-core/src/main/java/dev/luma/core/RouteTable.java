package dev.luma.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Host name to project. Any thread may look up; {@link Projects} alone changes it. */
public final class RouteTable {

    private final Map<String, Upstream> byHost = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();

    /** Grows with every change; who remembers a route remembers the version from before it was found. */
    public long version() {
        return version.get();
    }

    /** The project of this host name in its canonical form (see {@link ProjectRules#canonicalHostname}), or null. */
    public @Nullable Upstream find(String hostname) {
        return byHost.get(hostname);
    }

    void put(String hostname, Upstream upstream) {
        byHost.put(hostname, upstream);
        version.incrementAndGet();
    }

    void remove(String hostname) {
        byHost.remove(hostname);
        version.incrementAndGet();
    }
}
