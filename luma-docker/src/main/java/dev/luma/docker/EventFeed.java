package dev.luma.docker;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import com.github.dockerjava.api.model.EventType;
import java.io.EOFException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears of the end of each container of this Luma. The end of the stream is the first sign that the engine is gone. */
final class EventFeed {

    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

    /** Told on the stream's thread; must not block. */
    interface Deaths {
        /**
         * The container of the instance has ended.
         *
         * @param code the exit code, if the engine told it
         */
        void died(Engine engine, String instanceId, OptionalLong code);
    }

    private final DockerSettings settings;
    private final ScheduledExecutorService timer;
    private final Deaths deaths;

    EventFeed(DockerSettings settings, ScheduledExecutorService timer, Deaths deaths) {
        this.settings = settings;
        this.timer = timer;
        this.deaths = deaths;
    }

    /**
     * Subscribes. Done once the engine sends; nothing is missed that happened since the handshake.
     *
     * @param lost told when the stream ends, for whatever reason
     */
    CompletionStage<Void> open(Engine engine, Consumer<Throwable> lost) {
        EngineStream<Event> stream = new EngineStream<>(event -> take(engine, event));
        engine.client()
                .eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withEventFilter("die")
                .withLabelFilter(Map.of(Labels.OWNER, settings.owner()))
                // The engine answers a moment before it listens to itself: whatever lies between is told afterwards.
                .withSince(Long.toString(engine.facts().asOf().getEpochSecond()))
                .exec(stream);
        stream.ended()
                .whenComplete((end, error) ->
                        lost.accept(error == null ? new EOFException("the engine ended the event stream") : error));
        return stream.openedWithin(settings.times().call(), timer);
    }

    private void take(Engine engine, Event event) {
        EventActor actor = event.getActor();
        @Nullable Map<String, String> attributes = actor == null ? null : actor.getAttributes();
        if (attributes == null || !Labels.ownedBy(settings.owner(), attributes)) {
            return;
        }
        Labels.instance(attributes)
                .ifPresentOrElse(
                        instance -> deaths.died(engine, instance, code(attributes.get("exitCode"))),
                        () -> LOG.debug("An event of no instance: {}", event));
    }

    private static OptionalLong code(@Nullable String text) {
        try {
            return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException unreadable) {
            return OptionalLong.empty();
        }
    }
}
