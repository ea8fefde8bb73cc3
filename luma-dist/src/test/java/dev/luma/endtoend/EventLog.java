package dev.luma.endtoend;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the engine tells of the containers of projects, in the order in which it happened. */
final class EventLog extends ResultCallback.Adapter<Event> {

    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(Event event) {
        if (attribute(event, "dev.luma.project") != null) {
            events.add(event);
        }
    }

    /** Everything that happened until these containers, which run now, were started. */
    EventLog untilStarted(Collection<String> containerIds) {
        await("the start of each container")
                .atMost(Duration.ofSeconds(20))
                .until(() -> named("start")
                        .map(Event::getId)
                        .collect(Collectors.toSet())
                        .containsAll(Set.copyOf(containerIds)));
        return this;
    }

    /** How often a container of each project was started. */
    Map<String, Long> startsByProject() {
        return named("start")
                .collect(Collectors.groupingBy(
                        event -> attribute(event, "dev.luma.project"), TreeMap::new, Collectors.counting()));
    }

    /** How many of these containers at most had been made and were not started yet, at the same time. */
    int mostBetweenCreateAndStart(Collection<String> containerIds) {
        Map<String, Integer> step = Map.of("create", 1, "start", -1);
        int now = 0;
        int most = 0;
        for (Event event : events) {
            if (containerIds.contains(event.getId())) {
                now += step.getOrDefault(event.getAction(), 0);
                most = Math.max(most, now);
            }
        }
        return most;
    }

    private Stream<Event> named(String action) {
        return events.stream().filter(event -> action.equals(event.getAction()));
    }

    private static String attribute(Event event, String name) {
        return event.getActor() == null || event.getActor().getAttributes() == null
                ? null
                : event.getActor().getAttributes().get(name);
    }
}
