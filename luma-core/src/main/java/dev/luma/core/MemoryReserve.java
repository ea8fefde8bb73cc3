package dev.luma.core;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a machine's memory should be available: a number of octets, or a share of all there is. None at all means
 * that nobody looks.
 */
public record MemoryReserve(long amount, boolean percent) {

    /** A paused container is worth less than what the kernel needs to cache the files of those that run. */
    public static final MemoryReserve DEFAULT = new MemoryReserve(5, true);

    public static final MemoryReserve NONE = new MemoryReserve(0, false);

    private static final Pattern SHARE = Pattern.compile("(\\d{1,3})\\s*%");
    private static final long LARGEST = 1L << 50;

    /** A size, or a percentage up to 100; empty when the text is neither. */
    public static Optional<MemoryReserve> parse(String text) {
        Matcher share = SHARE.matcher(text.strip());
        return share.matches()
                ? Optional.of(new MemoryReserve(Long.parseLong(share.group(1)), true))
                        .filter(reserve -> reserve.amount <= 100)
                : Sizes.parse(text).filter(size -> size <= LARGEST).map(size -> new MemoryReserve(size, false));
    }

    /** The text that {@link #parse} reads back as the same. */
    public String format() {
        return percent ? amount + "%" : Sizes.format(amount);
    }

    public boolean isNone() {
        return amount == 0;
    }

    /** In octets, on a machine that has so many. */
    long of(long total) {
        return percent ? total / 100 * amount : amount;
    }
}
