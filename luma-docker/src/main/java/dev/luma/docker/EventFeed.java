package dev.luma.docker;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import com.github.dockerjava.api.model.EventType;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears of the end of each container of this Luma. The end of the stream is the first sign that the engine is gone. */
final class EventFeed {

    /** Told on the stream's thread; must not block. */
    interface Deaths {
        /**
         * A container has ended that is no sandbox.
         *
         * @param code the exit code, if the engine told it
         */
        void died(Engine engine, String containerId, OptionalLong code);

        /** The sandbox of that name has ended, and with it the network of whoever is in it. */
        void sandboxDied(Engine engine, String name);
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
        stream.ended().whenComplete((end, error) -> lost.accept(whyItEnded(error)));
        return stream.openedWithin(settings.times().call(), timer);
    }

    private Throwable whyItEnded(@Nullable Throwable error) {
        // That a stream which never ends has ended says it all; how the connection broke helps nobody.
        return error == null || error instanceof IOException || error.getCause() instanceof IOException
                ? new EngineDownException(
                        "the connection to the Docker engine at " + settings.host() + " was lost; if it"
                                + " does not come back, see whether the engine runs (systemctl status docker)")
                : error;
    }

    private void take(Engine engine, Event event) {
        EventActor actor = event.getActor();
        @Nullable Map<String, String> attributes = actor == null ? null : actor.getAttributes();
        if (attributes == null || !Labels.ownedBy(settings.owner(), attributes)) {
            return;
        }
        Labels.sandbox(attributes).ifPresent(name -> deaths.sandboxDied(engine, name));
        if (Labels.instance(attributes).isPresent()) {
            deaths.died(engine, Objects.requireNonNullElse(actor.getId(), ""), code(attributes.get("exitCode")));
        }
    }

    private static OptionalLong code(@Nullable String text) {
        try {
            return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException unreadable) {
            return OptionalLong.empty();
        }
    }
}
