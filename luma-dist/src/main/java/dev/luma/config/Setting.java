package dev.luma.config;

import java.util.Locale;
import java.util.function.Function;

/**
 * One thing that the operator can set, declared once: its names in the file, the environment and on the command line
 * follow from the key, and so do help texts and documentation.
 *
 * @param key the name in {@code luma.yaml}, in snake case
 * @param standard what holds when nobody sets it
 * @param description one line for help texts, without a full stop
 */
public record Setting<T>(String key, Kind<T> kind, Standard standard, String description) {

    /** The name of the environment variable. */
    public String variable() {
        return "LUMA_" + key.toUpperCase(Locale.ROOT);
    }

    /** The name of the command line flag. */
    public String flag() {
        return "--" + key.replace('_', '-');
    }

    /** What stands for the value in a help text. */
    public String valueWord() {
        return kind.word();
    }

    /** The default, as documentation shows it. */
    public String shownDefault() {
        return standard.shown();
    }

    /**
     * A default.
     *
     * @param shown how documentation shows it
     * @param example a text that could be set instead
     * @param text the text that holds in the given surroundings
     */
    record Standard(String shown, String example, Function<Surroundings, String> text) {
        static Standard fixed(String text) {
            return new Standard(text, text, surroundings -> text);
        }

        boolean isFixed() {
            return shown.equals(example);
        }
    }
}
