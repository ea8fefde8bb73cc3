package dev.luma.docker;

import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.Durations;
import dev.luma.core.Ticker;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that an image is on the engine: takes the one that is there, else pulls it, once for all who wait for it. */
final class Images {

    private static final Logger LOG = LoggerFactory.getLogger(Images.class);

    private final DockerSettings settings;
    private final DockerThreads threads;
    private final Ticker ticker;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<Void>> pulls = new ConcurrentHashMap<>();

    Images(DockerSettings settings, DockerThreads threads, Ticker ticker) {
        this.settings = settings;
        this.threads = threads;
        this.ticker = ticker;
    }

    /**
     * Done when the image is there. An image that was seen before is not looked for again: should it be gone, making the
     * container says so, and {@link #forget} is called.
     */
    CompletionStage<Void> ensure(Engine engine, String image) {
        if (seen.contains(image)) {
            return CompletableFuture.completedFuture(null);
        }
        return isThere(engine, image)
                .thenCompose(there -> there
                        ? CompletableFuture.<Void>completedFuture(null)
                        : pull(engine, ImageReference.parse(image)))
                .thenAccept(done -> seen.add(image));
    }

    void forget(String image) {
        seen.remove(image);
    }

    /** For a new connection: behind it may be another engine. */
    void forgetAll() {
        seen.clear();
    }

    private CompletionStage<Boolean> isThere(Engine engine, String name) {
        return engine.call(
                threads.calls(), "look for the image " + name, settings.times().call(), client -> {
                    try {
                        client.inspectImageCmd(name).exec();
                        return true;
                    } catch (NotFoundException missing) {
                        return false;
                    }
                });
    }

    private CompletionStage<Void> pull(Engine engine, ImageReference reference) {
        String name = reference.canonical();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others = pulls.putIfAbsent(name, mine);
        if (others != null) {
            return others;
        }
        LOG.info("Pulling the image {}", name);
        PullProgress progress = new PullProgress(name, ticker);
        EngineStream<PullResponseItem> stream = new EngineStream<>(progress::take);
        CompletionStage<Void> ended = stream.endedWithin(settings.times().pull(), threads.timer());
        ended.whenComplete((end, error) -> {
            pulls.remove(name, mine);
            Throwable failure = failure(name, progress, error);
            if (failure == null) {
                LOG.info(
                        "Pulled the image {} in {} ms", name, progress.elapsed().toMillis());
                mine.complete(null);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        try {
            PullImageCmd command = engine.client().pullImageCmd(reference.repository());
            (reference.tag().isEmpty() ? command : command.withTag(reference.tag())).exec(stream);
        } catch (RuntimeException refused) {
            stream.onError(refused);
        }
        return mine;
    }

    private @Nullable Throwable failure(String name, PullProgress progress, @Nullable Throwable error) {
        Throwable cause = error == null ? null : Words.unwrap(error);
        String complaint = progress.complaint();
        if (complaint == null && cause == null) {
            return null;
        }
        if (complaint == null && cause instanceof DockerException refusal) {
            complaint = Words.refusal(refusal);
        }
        if (complaint == null && cause instanceof TimeoutException) {
            complaint = "it was not there after "
                    + Durations.format(settings.times().pull());
        }
        if (complaint == null) {
            return new CompletionException(cause);
        }
        return new StartFailureException(Failures.withoutImage(name, complaint));
    }
}
