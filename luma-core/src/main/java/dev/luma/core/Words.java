package dev.luma.core;

import java.util.Locale;
import java.util.Optional;

/** The words by which users know the constants of an enum: their names in lower case. */
final class Words {

    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Reads what {@link #of} writes. */
    static <E extends Enum<E>> Optional<E> parse(Class<E> constants, String word) {
        for (E each : constants.getEnumConstants()) {
            if (of(each).equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
