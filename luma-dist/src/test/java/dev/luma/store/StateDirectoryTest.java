package dev.luma.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void theOwnerIsMadeOnce() throws IOException {
        String first = owner(directory.resolve("one"));
        assertTrue(first.matches("[0-9a-f]{16}"), first);
        assertEquals(first, owner(directory.resolve("one")));
        assertNotEquals(first, owner(directory.resolve("two")));
    }

    @Test
    void twoLumasDoNotShareIt() throws IOException {
        Path path = directory.resolve("state");
        try (StateDirectory held = StateDirectory.open(path)) {
            IOException refused = assertThrows(IOException.class, () -> StateDirectory.open(path));
            assertEquals(
                    "state_dir " + path + " is in use by another Luma (process "
                            + ProcessHandle.current().pid()
                            + "): stop that one, or give this one a --state-dir of its own",
                    refused.getMessage());
            assertEquals(path, held.path());
        }
        owner(path);
    }

    @Test
    void aDamagedOwnerIsNotReplaced() throws IOException {
        Path path = directory.resolve("state");
        owner(path);
        Files.writeString(path.resolve("owner"), "somebody");
        IOException refused = assertThrows(IOException.class, () -> StateDirectory.open(path));
        assertTrue(refused.getMessage().startsWith(path.resolve("owner") + " does not hold"), refused.getMessage());
        assertEquals("somebody", Files.readString(path.resolve("owner")));
        Files.delete(path.resolve("owner"));
        owner(path);
    }

    @Test
    void saysWhatIsWrongWithIt() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        IOException refused = assertThrows(IOException.class, () -> StateDirectory.open(file.resolve("state")));
        assertTrue(refused.getMessage().startsWith("state_dir " + file.resolve("state") + " cannot be used ("));
        assertTrue(refused.getMessage().endsWith("or name another with --state-dir"), refused.getMessage());
    }

    private static String owner(Path path) throws IOException {
        try (StateDirectory state = StateDirectory.open(path)) {
            return state.owner();
        }
    }
}
