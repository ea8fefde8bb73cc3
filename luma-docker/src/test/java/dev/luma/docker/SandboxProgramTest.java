package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxProgramTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"x86_64, 62", "amd64, 62", "aarch64, 183", "arm64, 183"})
    void isOfTheProcessorsKind(String architecture, int machine) {
        byte[] file = SandboxProgram.forArchitecture(architecture).orElseThrow().file();
        ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0x464c457f, header.getInt(0));
        assertEquals(machine, header.getShort(18));
        assertEquals(0x400000 + 120, header.getLong(24));
        assertEquals(file.length, header.getLong(64 + 32));
        assertTrue(file.length < 300, "some hundred octets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"riscv64", "armv7l", ""})
    void thereIsNoneForOtherProcessors(String architecture) {
        assertEquals(Optional.empty(), SandboxProgram.forArchitecture(architecture));
    }

    @Test
    void waitsUntilItIsKilled() throws IOException, InterruptedException {
        Optional<SandboxProgram> program = SandboxProgram.forArchitecture(System.getProperty("os.arch"));
        Assumptions.assumeTrue(
                program.isPresent() && System.getProperty("os.name").equals("Linux"));
        Path file = folder.resolve("wait");
        Files.write(file, program.get().file());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x------"));
        Process process = new ProcessBuilder(List.of(file.toString())).start();
        // A signal that is stopped and continued breaks off the wait in the kernel, and it has to begin again.
        for (String signal : List.of("-STOP", "-CONT")) {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
        assertTrue(process.isAlive());
        process.destroyForcibly();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        assertEquals(128 + 9, process.exitValue());
        assertFalse(process.isAlive());
    }
}
