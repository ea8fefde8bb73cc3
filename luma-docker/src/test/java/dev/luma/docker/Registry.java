package dev.luma.docker;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A registry on this machine with one image, {@code app:1}, made of busybox; it knows no other. Speaks as much of the
 * distribution protocol as a pull needs.
 */
final class Registry implements AutoCloseable {

    private static final int TLS_HANDSHAKE = 0x16;
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final ServerSocket server;
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final AtomicInteger layerRequests = new AtomicInteger();
    private final String layer;
    private final byte[] manifest;

    /**
     * Listens on a free port of 127.0.0.1, which engines trust without TLS.
     *
     * @param mark makes the image different from those of other runs
     */
    Registry(String mark) throws IOException {
        byte[] tar = tar(Path.of("/bin/busybox"), mark);
        layer = put(tar);
        byte[] config = bytes("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],"
                + "\"Cmd\":[\"busybox\",\"sh\",\"-c\",\"eval \\\"$RUN\\\"\"]},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + layer + "\"]}}");
        manifest = bytes("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\","
                + "\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"size\":"
                + config.length + ",\"digest\":\"" + put(config) + "\"},"
                + "\"layers\":[{\"mediaType\":\"application/vnd.docker.image.rootfs.diff.tar.gzip\",\"size\":"
                + tar.length + ",\"digest\":\"" + layer + "\"}]}");
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    String image(String name) {
        return "127.0.0.1:" + server.getLocalPort() + "/" + name;
    }

    /** How many times the image's content was asked for. */
    int layerRequests() {
        return layerRequests.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                daemon(() -> serve(client));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader head =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            if (head.read() == TLS_HANDSHAKE) {
                // Engines try TLS first; hung up on, they turn to plain text at once.
                return;
            }
            String[] request = head.readLine().split(" ", -1);
            String line = head.readLine();
            while (line != null && !line.isEmpty()) {
                line = head.readLine();
            }
            // Of the method the first letter is gone.
            answer(client.getOutputStream(), request[0].equals("EAD"), request[1]);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private void answer(OutputStream out, boolean head, String path) throws IOException {
        String digest = path.substring(path.lastIndexOf('/') + 1);
        byte[] blob = path.startsWith("/v2/app/blobs/") ? blobs.get(digest) : null;
        if (path.equals("/v2/")) {
            send(out, head, "200 OK", "application/json", bytes("{}"));
        } else if (path.startsWith("/v2/app/manifests/")) {
            send(out, head, "200 OK", MANIFEST, manifest);
        } else if (blob != null) {
            if (digest.equals(layer)) {
                layerRequests.incrementAndGet();
            }
            send(out, head, "200 OK", "application/octet-stream", blob);
        } else {
            byte[] unknown = bytes("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
            send(out, head, "404 Not Found", "application/json", unknown);
        }
    }

    private static void send(OutputStream out, boolean head, String status, String type, byte[] body)
            throws IOException {
        out.write(bytes("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length
                + "\r\nDocker-Content-Digest: " + digest(body) + "\r\nConnection: close\r\n\r\n"));
        if (!head) {
            out.write(body);
        }
        out.flush();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "registry");
        thread.setDaemon(true);
        thread.start();
    }

    private String put(byte[] blob) {
        String digest = digest(blob);
        blobs.put(digest, blob);
        return digest;
    }

    private static byte[] tar(Path busybox, String mark) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            add(tar, "bin/busybox", Files.readAllBytes(busybox));
            add(tar, "mark", bytes(mark));
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(0b111_101_101);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
