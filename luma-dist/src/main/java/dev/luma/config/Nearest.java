package dev.luma.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that somebody may have meant. */
final class Nearest {

    private Nearest() {}

    /** The candidate that is the fewest typing errors away, if they are few enough to guess. */
    static Optional<String> to(String word, Collection<String> candidates) {
        String best = null;
        int least = Math.max(2, word.length() / 3) + 1;
        for (String candidate : candidates) {
            int errors = errors(word, candidate);
            if (errors < least) {
                least = errors;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** A remedy to end a sentence with. */
    static String hint(String word, Collection<String> candidates, String otherwise) {
        return to(word, candidates).map(near -> "did you mean " + near + "?").orElse(otherwise);
    }

    /** The Levenshtein distance. */
    private static int errors(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= left.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = diagonal + (left.charAt(line - 1) == right.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
