package dev.luma.core;

import java.time.Instant;
import java.util.Optional;

/**
 * What came of waking a project ahead of its requests.
 *
 * @param hits how often a request came that found it awake, or on its way, only because of that
 * @param misses how often nobody came until it was given up
 * @param next when it will be woken next, if a request is expected
 */
public record Prewarms(int hits, int misses, Optional<Instant> next) {

    static final Prewarms NONE = new Prewarms(0, 0, Optional.empty());

    Prewarms hit() {
        return new Prewarms(hits + 1, misses, next);
    }

    Prewarms missed() {
        return new Prewarms(hits, misses + 1, next);
    }

    Prewarms at(Optional<Instant> moment) {
        return new Prewarms(hits, misses, moment);
    }
}
