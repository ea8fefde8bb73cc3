package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class SandboxImageTest {

    private final SandboxProgram program =
            SandboxProgram.forArchitecture("amd64").orElseThrow();
    private final SandboxImage image = new SandboxImage(program);

    @Test
    void isAnArchiveThatAnEngineLoads() throws Exception {
        Map<String, byte[]> files = files(image.archive());
        assertEquals(Set.of("manifest.json", "config.json", "layer.tar"), files.keySet());
        ObjectMapper json = new ObjectMapper();
        JsonNode manifest = json.readTree(files.get("manifest.json")).get(0);
        assertEquals(image.name(), manifest.at("/RepoTags/0").textValue());
        JsonNode config = json.readTree(files.get(manifest.get("Config").textValue()));
        assertEquals("amd64", config.get("architecture").textValue());
        byte[] layer = files.get(manifest.at("/Layers/0").textValue());
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(layer));
        assertEquals("sha256:" + digest, config.at("/rootfs/diff_ids/0").textValue());
        Map<String, byte[]> inside = files(layer);
        assertEquals(Set.of("wait"), inside.keySet());
        assertArrayEquals(program.file(), inside.get("wait"));
        assertEquals("/wait", config.at("/config/Cmd/0").textValue());
    }

    @Test
    void otherContentHasAnotherName() {
        SandboxProgram other = SandboxProgram.forArchitecture("arm64").orElseThrow();
        assertEquals(image.name(), new SandboxImage(program).name());
        assertNotEquals(image.name(), new SandboxImage(other).name());
        assertArrayEquals(image.archive(), new SandboxImage(program).archive());
    }

    private static Map<String, byte[]> files(byte[] archive) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                assertTrue(entry.isCheckSumOK(), entry.getName());
                assertEquals(0555, entry.getMode());
                files.put(entry.getName(), tar.readAllBytes());
            }
        }
        return files;
    }
}
