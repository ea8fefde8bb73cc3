package dev.luma.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written about the settings is what the table of settings says. {@code -Dluma.docs=write} writes it anew. */
class SettingsDocsTest {

    private static final boolean WRITE = "write".equals(System.getProperty("luma.docs"));
    private static final Path YAML = Path.of("src/main/dist/conf/luma.yaml");
    private static final Path README = Path.of("../README.md");
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";

    @TempDir
    private Path directory;

    @Test
    void thePackagedFileIsUpToDate() throws IOException {
        if (WRITE) {
            Files.writeString(YAML, SettingsDocs.yaml());
        }
        assertEquals(SettingsDocs.yaml(), Files.readString(YAML), "run the test with -Dluma.docs=write");
    }

    @Test
    void theReadmeIsUpToDate() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertTrue(begin >= BEGIN.length() && end >= begin, "the README marks the table of settings");
        if (WRITE) {
            readme = readme.substring(0, begin) + SettingsDocs.markdown() + readme.substring(end);
            Files.writeString(README, readme);
            end = readme.indexOf(END);
        }
        assertEquals(SettingsDocs.markdown(), readme.substring(begin, end), "run the test with -Dluma.docs=write");
    }

    @Test
    void thePackagedFileSetsNothing() throws Exception {
        Path file = Files.writeString(directory.resolve("luma.yaml"), SettingsDocs.yaml());
        assertEquals(Map.of(), SettingsFile.read(file).values());
    }

    @Test
    void withoutItsMarksThePackagedFileSetsTheDefaults() throws Exception {
        String taken = SettingsDocs.yaml().replaceAll("(?m)^#(?! )", "");
        Path file = Files.writeString(directory.resolve("luma.yaml"), taken);
        Surroundings surroundings = new Surroundings(Map.of(), true, Path.of("/root"), Optional.empty());
        assertEquals(SettingTable.all().size(), SettingsFile.read(file).values().size());
        assertEquals(
                SettingsLoader.load(surroundings, Optional.of(file), Map.of()),
                SettingsLoader.load(
                        surroundings, Optional.of(Files.createFile(directory.resolve("empty.yaml"))), Map.of()));
    }
}
