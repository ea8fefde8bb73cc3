package dev.luma.docker;

import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import dev.luma.core.Durations;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one pull: puts a line into the log now and then, and keeps the engine's complaint. Used by one thread. */
final class PullProgress {

    private static final Logger LOG = LoggerFactory.getLogger(PullProgress.class);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final String image;
    private final Ticker ticker;
    private final long begun;
    private final Map<String, Layer> layers = new HashMap<>();
    private long lastLine;
    private volatile @Nullable String complaint;

    private record Layer(long got, long size) {}

    PullProgress(String image, Ticker ticker) {
        this.image = image;
        this.ticker = ticker;
        this.begun = ticker.nanos();
        this.lastLine = begun;
    }

    void take(PullResponseItem item) {
        ResponseItem.@Nullable ErrorDetail error = item.getErrorDetail();
        if (error != null && error.getMessage() != null) {
            complaint = error.getMessage();
        }
        ResponseItem.@Nullable ProgressDetail detail = item.getProgressDetail();
        if ("Downloading".equals(item.getStatus()) && detail != null && item.getId() != null) {
            layers.put(item.getId(), new Layer(number(detail.getCurrent()), number(detail.getTotal())));
        } else if ("Download complete".equals(item.getStatus())) {
            layers.computeIfPresent(item.getId(), (id, layer) -> new Layer(layer.size(), layer.size()));
        }
        long now = ticker.nanos();
        if (now - lastLine >= BETWEEN_LINES.toNanos()) {
            lastLine = now;
            LOG.info("Pulling the image {}: {}", image, sentence());
        }
    }

    /** How far it is, in words. */
    String sentence() {
        long got = layers.values().stream().mapToLong(Layer::got).sum();
        long size = layers.values().stream().mapToLong(Layer::size).sum();
        return megabytes(got) + " of " + megabytes(size) + " MB in " + layers.size() + " layers, after "
                + Durations.format(Duration.ofSeconds(elapsed().toSeconds()));
    }

    /** What the engine complained about, or null if it did not. */
    @Nullable
    String complaint() {
        return complaint;
    }

    Duration elapsed() {
        return Duration.ofNanos(ticker.nanos() - begun);
    }

    private static long megabytes(long bytes) {
        return bytes / 1_000_000;
    }

    private static long number(@Nullable Long value) {
        return Objects.requireNonNullElse(value, 0L);
    }
}
