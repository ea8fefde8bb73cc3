package dev.luma.proxy;

import dev.luma.core.Instance;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The idle connections of one event loop, last in first out for each instance. Confined to the loop. */
final class UpstreamPool {

    /** For each instance. They are there because so many were needed at once, and go when they are not. */
    private static final int MOST_IDLE = 1024;

    private final Loop loop;
    private final Map<Instance, Deque<UpstreamConnection>> idle = new HashMap<>();

    UpstreamPool(Loop loop) {
        this.loop = loop;
    }

    /** A connection that was idle just now, or null. */
    @Nullable
    UpstreamConnection take(Instance instance) {
        Deque<UpstreamConnection> connections = idle.get(instance);
        if (connections == null) {
            return null;
        }
        UpstreamConnection connection = connections.pollLast();
        while (connection != null && !connection.isUsable()) {
            connection = connections.pollLast();
        }
        return connection;
    }

    /** Keeps the connection for the next request, unless there are enough or its instance is on its way out. */
    void put(UpstreamConnection connection) {
        Deque<UpstreamConnection> connections =
                idle.computeIfAbsent(connection.instance(), first -> new ArrayDeque<>());
        if (connections.size() >= MOST_IDLE || !connection.instance().isOpen() || loop.isStopping()) {
            connection.close();
            return;
        }
        connection.idleSince(loop.ticker.nanos());
        connections.addLast(connection);
    }

    void remove(UpstreamConnection connection) {
        Deque<UpstreamConnection> connections = idle.get(connection.instance());
        if (connections != null) {
            connections.remove(connection);
            if (connections.isEmpty()) {
                idle.remove(connection.instance());
            }
        }
    }

    /** Closes what has been idle for too long, and everything that leads to an instance that is on its way out. */
    void closeIdle(long now) {
        long timeout = loop.settings.timeouts().upstreamIdle().toNanos();
        List<UpstreamConnection> old = new ArrayList<>();
        idle.forEach((instance, connections) -> {
            for (UpstreamConnection connection : connections) {
                if (now - connection.idleSince() >= timeout || !instance.isOpen()) {
                    old.add(connection);
                }
            }
        });
        old.forEach(UpstreamConnection::close);
        idle.values().removeIf(Deque::isEmpty);
    }

    void closeAll() {
        List<UpstreamConnection> all = new ArrayList<>();
        idle.values().forEach(all::addAll);
        idle.clear();
        all.forEach(UpstreamConnection::close);
    }

    /** How many connections are idle. */
    int size() {
        return idle.values().stream().mapToInt(Deque::size).sum();
    }
}
