package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** install.sh, into a folder that stands for the root of a machine. */
class InstallIT {

    private static final String ANALYZE = "/usr/bin/systemd-analyze";

    @TempDir
    Path root;

    @Test
    void installsUpgradesAndRemoves() throws Exception {
        Path settings = root.resolve("etc/luma/luma.yaml");
        String said = install();
        assertTrue(said.contains("--remove"), "it says how to remove Luma");
        assertEquals(Path.of("/opt/luma/bin/luma"), Files.readSymbolicLink(root.resolve("usr/local/bin/luma")));
        assertTrue(
                run(root.resolve("opt/luma/bin/luma").toString(), "--version").contains("luma"));

        Files.writeString(settings, "proxy_port: 80\n");
        install();
        assertEquals("proxy_port: 80\n", Files.readString(settings), "an upgrade keeps the settings");

        install("--remove");
        assertFalse(Files.exists(root.resolve("opt/luma")));
        assertFalse(Files.exists(root.resolve("etc/systemd/system/luma.service")));
        assertTrue(Files.exists(settings), "what the user wrote is kept");
    }

    @Test
    void systemdAcceptsTheService() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(ANALYZE)), "systemd is installed");
        install();
        Path unit = root.resolve("luma.service");
        Files.writeString(
                unit,
                Files.readString(root.resolve("etc/systemd/system/luma.service"))
                        .replace("/opt/luma/", root + "/opt/luma/"));
        assertEquals("", run(ANALYZE, "verify", unit.toString()), "systemd has nothing to say about it");
    }

    private String install(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 3];
        command[0] = LumaFixture.INSTALLED.resolve("install.sh").toString();
        command[1] = "--root";
        command[2] = root.toString();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        return run(command);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
