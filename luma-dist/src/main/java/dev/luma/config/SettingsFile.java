package dev.luma.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text of {@code luma.yaml}: a flat mapping, each key at most once. The words of a list are joined with commas.
 *
 * @param values the texts by key, each with the line that it stands on
 * @param complaints what is wrong with the file
 */
record SettingsFile(Map<String, Given> values, List<String> complaints) {

    /**
     * The text that somebody gave a setting.
     *
     * @param origin where, to be shown after the key
     * @param list whether it is the joined text of a list
     */
    record Given(String text, String origin, boolean list) {
        Given(String text, String origin) {
            this(text, origin, false);
        }
    }

    static final SettingsFile NONE = new SettingsFile(Map.of(), List.of());

    static SettingsFile read(Path path) {
        Map<String, Given> values = new LinkedHashMap<>();
        List<String> complaints = new ArrayList<>();
        try {
            String text = withoutComments(Files.readString(path));
            if (!text.isBlank()) {
                read(path, text, values, complaints);
            }
        } catch (NoSuchFileException missing) {
            complaints.add(path + " does not exist; name a file that does, or leave it out");
        } catch (JsonProcessingException broken) {
            complaints.add(path + ":" + broken.getLocation().getLineNr() + " is not YAML ("
                    + broken.getOriginalMessage().lines().findFirst().orElse("no reason known")
                    + "); write one \"key: value\" on each line");
        } catch (IOException unreadable) {
            complaints.add(path + " cannot be read (" + unreadable + "); make it readable for the user that runs Luma");
        }
        return new SettingsFile(values, complaints);
    }

    private static void read(Path path, String text, Map<String, Given> values, List<String> complaints)
            throws IOException {
        try (JsonParser parser = new YAMLFactory().createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                readMapping(path, parser, values, complaints);
            } else if (first != null && first != JsonToken.VALUE_NULL) {
                complaints.add(path + " is not a list of settings; write one \"key: value\" on each line");
            }
        }
    }

    /**
     * The file as it is installed is all comments, for which no parser needs to be loaded, and over which it would go
     * letter by letter. At the start of a line a number sign begins nothing else: what is in a text is indented.
     */
    private static String withoutComments(String text) {
        return text.lines().map(line -> line.startsWith("#") ? "" : line).collect(Collectors.joining("\n"));
    }

    private static void readMapping(Path path, JsonParser parser, Map<String, Given> values, List<String> complaints)
            throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            String origin = path + ":" + parser.currentTokenLocation().getLineNr();
            JsonToken value = parser.nextToken();
            boolean list = value == JsonToken.START_ARRAY;
            if (value == JsonToken.START_OBJECT) {
                parser.skipChildren();
                complaints.add(key + " (" + origin + "): has settings of its own; write it as \"key: value\"");
                continue;
            }
            Optional<String> text = list ? readList(parser) : Optional.of(readWord(parser));
            if (text.isEmpty()) {
                complaints.add(
                        key + " (" + origin + "): is a list with more than words in it; write them beside each other");
            } else if (text.get().isEmpty()) {
                complaints.add(key + " (" + origin + "): has no value; give it one, or remove the line");
            } else if (values.put(key, new Given(text.get(), origin, list)) != null) {
                complaints.add(key + " (" + origin + "): is there twice; remove one of the two");
            }
        }
    }

    /** The words of a list, or nothing if there is more in it than words. */
    private static Optional<String> readList(JsonParser parser) throws IOException {
        List<String> words = new ArrayList<>();
        boolean plain = true;
        for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
            plain &= !next.isStructStart();
            parser.skipChildren();
            words.add(readWord(parser));
        }
        return plain ? Optional.of(String.join(", ", words)) : Optional.empty();
    }

    private static String readWord(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NULL
                ? ""
                : parser.getText().strip();
    }
}
