package dev.luma.core;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long the image of a project takes to boot, by the way that is taken, beside how long the one before took. Pulling the
 * image and waiting in line is no part of that. Immutable.
 *
 * @param image which one it is; empty until the engine has told
 * @param latest its latest boots of each way, oldest first
 * @param before how long the one before took, where it had booted often enough to say
 * @param wasSlower whether it has been found slower at some time
 * @param last the way of its latest boot
 */
public record ImageBoots(
        Optional<String> image,
        Map<Way, List<Duration>> latest,
        Map<Way, Duration> before,
        boolean wasSlower,
        Optional<Way> last) {

    static final ImageBoots NONE = new ImageBoots(Optional.empty(), Map.of(), Map.of(), false, Optional.empty());

    /** With so many, one boot on a busy machine does not move the median. */
    static final int ENOUGH = 3;

    /** Boots of the same image on a machine that has other work to do, too, differ by less. */
    static final double CLEARLY = 1.5;

    /** Whoever waits for a page does not feel less than that. */
    static final Duration NOTICED = Duration.ofMillis(250);

    public ImageBoots {
        latest = Map.copyOf(latest);
        before = Map.copyOf(before);
    }

    /** A container of the image is ready. */
    ImageBoots with(Boot boot) {
        // Nothing boots when it goes on where it was.
        return boot.way() == Way.UNPAUSE
                ? this
                : with(boot.way(), boot.total().minus(boot.in(WakePhase.IMAGE)).minus(boot.in(WakePhase.LINE)));
    }

    private ImageBoots with(Way way, Duration took) {
        Map<Way, List<Duration>> more = new EnumMap<>(Way.class);
        more.putAll(latest);
        more.put(way, BootHistory.latest(latest.getOrDefault(way, List.of()), took));
        ImageBoots next = new ImageBoots(image, more, before, wasSlower, Optional.of(way));
        return next.slower().isEmpty() ? next : new ImageBoots(image, more, before, true, Optional.of(way));
    }

    /**
     * The engine has told which image a container has.
     *
     * @param counted whether the latest boot is that container's
     */
    ImageBoots of(String id, boolean counted) {
        if (image.isEmpty()) {
            return new ImageBoots(Optional.of(id), latest, before, wasSlower, last);
        }
        if (image.get().equals(id)) {
            return this;
        }
        if (!counted || last.isEmpty()) {
            return next(Optional.of(id));
        }
        List<Duration> all = latest.getOrDefault(last.get(), List.of());
        Map<Way, List<Duration>> others = new EnumMap<>(Way.class);
        others.putAll(latest);
        others.put(last.get(), all.subList(0, all.size() - 1));
        return new ImageBoots(image, others, before, wasSlower, Optional.empty())
                .next(Optional.of(id))
                .with(last.get(), all.get(all.size() - 1));
    }

    /** The next container will be of another image. */
    ImageBoots next() {
        return next(Optional.empty());
    }

    private ImageBoots next(Optional<String> id) {
        // One that has hardly booted is no measure for the next.
        Map<Way, Duration> measures = new EnumMap<>(Way.class);
        measures.putAll(before);
        latest.forEach((way, boots) -> {
            if (boots.size() >= ENOUGH) {
                BootHistory.median(boots).ifPresent(median -> measures.put(way, median));
            }
        });
        return new ImageBoots(id, Map.of(), measures, false, Optional.empty());
    }

    /** Whether it boots clearly slower than the one before. */
    Optional<SlowerBoot> slower() {
        for (Way way : Way.values()) {
            List<Duration> boots = latest.getOrDefault(way, List.of());
            Duration old = before.get(way);
            Optional<Duration> now = BootHistory.median(boots);
            if (old != null && boots.size() >= ENOUGH && isClear(old, now.orElseThrow())) {
                return Optional.of(new SlowerBoot(way, now.get(), old));
            }
        }
        return Optional.empty();
    }

    private static boolean isClear(Duration old, Duration now) {
        return now.toNanos() >= CLEARLY * old.toNanos() && now.minus(old).compareTo(NOTICED) >= 0;
    }
}
