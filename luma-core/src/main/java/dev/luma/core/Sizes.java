package dev.luma.core;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of octets as users write them: {@code 512}, {@code 32k}, {@code 256m}, {@code 2g}; the units are powers of 1024. */
public final class Sizes {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([kmg]?)b?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmg";

    private Sizes() {}

    /** The number of octets, or empty when the text is none, or more than there can be. */
    public static Optional<Long> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        long factor = unit.isEmpty() ? 1 : 1L << (10 * (UNITS.indexOf(unit) + 1));
        long amount = Long.parseLong(matcher.group(1));
        return amount > Long.MAX_VALUE / factor ? Optional.empty() : Optional.of(amount * factor);
    }

    /** The shortest text that {@link #parse} reads back as the same number. */
    public static String format(long octets) {
        long amount = octets;
        int unit = 0;
        while (unit < UNITS.length() && amount != 0 && amount % 1_024 == 0) {
            amount /= 1_024;
            unit++;
        }
        return unit == 0 ? Long.toString(amount) : amount + UNITS.substring(unit - 1, unit);
    }
}
