package dev.luma.docker;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The instances of this run of Luma of which something may exist in the engine. Thread-safe. */
final class Fleet {

    private final Map<String, Tracked> byInstance = new ConcurrentHashMap<>();

    void add(Tracked tracked) {
        if (byInstance.putIfAbsent(tracked.instanceId(), tracked) != null) {
            throw new IllegalArgumentException("the instance " + tracked.instanceId() + " was started before");
        }
    }

    Optional<Tracked> find(String instanceId) {
        return Optional.ofNullable(byInstance.get(instanceId));
    }

    /** The one that has this container, if it is known by now. */
    Optional<Tracked> findByContainer(String containerId) {
        return those(tracked ->
                        tracked.containerId().filter(containerId::equals).isPresent())
                .stream()
                .findFirst();
    }

    void forget(Tracked tracked) {
        byInstance.remove(tracked.instanceId(), tracked);
    }

    /** Those to which this applies now. */
    List<Tracked> those(Predicate<Tracked> which) {
        Collection<Tracked> all = byInstance.values();
        return all.stream().filter(which).toList();
    }
}
