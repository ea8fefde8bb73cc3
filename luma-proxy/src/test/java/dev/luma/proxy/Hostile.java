package dev.luma.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One hostile input, from a file under src/test/resources/hostile: lines that begin with # say what it is and what has to
 * come of it, the others are the octets ({@link Splits#unescape}); the file's own line ends do not count.
 */
final class Hostile {

    private static final Path ROOT = Path.of("src", "test", "resources", "hostile");

    private final String name;
    private final List<String> notes;
    private final byte[] octets;

    private Hostile(String name, List<String> notes, byte[] octets) {
        this.name = name;
        this.notes = notes;
        this.octets = octets;
    }

    /** All of one directory, in the order of their names. */
    static List<Hostile> all(String directory) {
        try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
            return files.sorted().map(Hostile::read).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Hostile read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
            int begin = 0;
            while (begin < lines.size() && lines.get(begin).startsWith("#")) {
                begin++;
            }
            String octets = String.join("", lines.subList(begin, lines.size()));
            return new Hostile(
                    file.getFileName().toString(), List.copyOf(lines.subList(0, begin)), Splits.unescape(octets));
        } catch (IOException | RuntimeException unreadable) {
            throw new IllegalStateException(file.toString(), unreadable);
        }
    }

    byte[] octets() {
        return octets;
    }

    /** What the lines "# key: value" say for the key, in order. */
    List<String> all(Key key) {
        String start = "# " + key.word + ": ";
        return notes.stream()
                .filter(note -> note.startsWith(start))
                .map(note -> note.substring(start.length()))
                .toList();
    }

    String one(Key key, String otherwise) {
        List<String> values = all(key);
        return values.isEmpty() ? otherwise : values.get(0);
    }

    /** The list of statuses that the client gets, interim ones included. */
    List<Integer> statuses() {
        return Stream.of(one(Key.STATUS, "").split(" "))
                .filter(word -> !word.isEmpty())
                .map(Integer::valueOf)
                .toList();
    }

    @Override
    public String toString() {
        return name + ": " + one(Key.RULE, "no rule");
    }

    /** What a file may say. */
    enum Key {
        /** The RFC section at issue. */
        RULE("rule"),
        /** What the client gets, in order. */
        STATUS("status"),
        /** The start line of a request that reaches the upstream; once for each. */
        REACHES("reaches"),
        /** A field line that each such request has. */
        WITH("with"),
        /** A field that no such request has. */
        WITHOUT("without"),
        /** The method to which a response answers. */
        METHOD("method"),
        /** What becomes of the answer: it arrives whole, or is cut so that it is seen. */
        ARRIVES("arrives"),
        /** What becomes of the upstream's connection: it is ended by Luma, closed by the upstream, or used again. */
        CONNECTION("connection");

        private final String word;

        Key(String word) {
            this.word = word;
        }
    }
}
