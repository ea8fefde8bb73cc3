package dev.luma.docker;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The image of sandboxes: a {@link SandboxProgram} and nothing else, as an archive that an engine loads (the format of
 * {@code docker save}), so that nothing is downloaded. The same program makes the same image everywhere.
 */
final class SandboxImage {

    private static final int BLOCK = 512;

    private final String name;
    private final byte[] archive;

    SandboxImage(SandboxProgram program) {
        byte[] layer = tar("wait", program.file());
        String digest = sha256(layer);
        // A tag of its own for each content, so that two versions of Luma on one engine do not meet.
        this.name = "luma-sandbox:" + digest.substring(0, 12);
        String config = """
                {"architecture": "%s", "os": "linux", "config": {"Cmd": ["/wait"]},
                 "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}""".formatted(program.architecture(), digest);
        String manifest = """
                [{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]""".formatted(name);
        this.archive = tar(
                "config.json", config.getBytes(StandardCharsets.UTF_8),
                "layer.tar", layer,
                "manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    byte[] archive() {
        return archive.clone();
    }

    /** An archive (POSIX.1-1988, ustar) of files that anyone may read and execute: names and contents, in turns. */
    private static byte[] tar(Object... namesAndContents) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            byte[] content = (byte[]) namesAndContents[i + 1];
            archive.writeBytes(header((String) namesAndContents[i], content.length));
            archive.writeBytes(content);
            archive.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        }
        // Two empty blocks are the end.
        archive.writeBytes(new byte[2 * BLOCK]);
        return archive.toByteArray();
    }

    private static byte[] header(String file, int size) {
        ByteBuffer header = ByteBuffer.allocate(BLOCK);
        put(header, 0, file);
        put(header, 100, "0000555");
        put(header, 108, "0000000"); // of root
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "00000000000"); // never changed
        put(header, 148, "        "); // the sum is made as if it were blank
        put(header, 156, "0"); // a plain file
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte octet : header.array()) {
            sum += octet & 0xff;
        }
        put(header, 148, "%06o\0".formatted(sum));
        return header.array();
    }

    private static void put(ByteBuffer header, int at, String text) {
        header.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String sha256(byte[] octets) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
