package dev.luma.core;

import java.time.Duration;

/**
 * An image boots clearly slower than the one that the project had before.
 *
 * @param way in which both have come up
 * @param now how long half of its latest boots took at most, without pulling and waiting in line
 * @param before how long it was with the image before
 */
public record SlowerBoot(Way way, Duration now, Duration before) {

    /** For a person. */
    public String sentence() {
        return "its image boots slower than the one before, in " + now.toMillis() + " ms rather than "
                + before.toMillis() + " ms (" + way.word() + ", medians)";
    }
}
