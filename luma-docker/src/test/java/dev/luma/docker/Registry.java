package dev.luma.docker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final HttpServer server;
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
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String image(String name) {
        return "127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    /** How many times the image's content was asked for. */
    int layerRequests() {
        return layerRequests.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String digest = path.substring(path.lastIndexOf('/') + 1);
        byte[] blob = path.startsWith("/v2/app/blobs/") ? blobs.get(digest) : null;
        if (path.equals("/v2/")) {
            send(exchange, 200, "application/json", bytes("{}"));
        } else if (path.startsWith("/v2/app/manifests/")) {
            exchange.getResponseHeaders().add("Docker-Content-Digest", digest(manifest));
            send(exchange, 200, MANIFEST, manifest);
        } else if (blob != null) {
            if (digest.equals(layer)) {
                layerRequests.incrementAndGet();
            }
            send(exchange, 200, "application/octet-stream", blob);
        } else {
            send(
                    exchange,
                    404,
                    "application/json",
                    bytes("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"));
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", type);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
            }
            exchange.sendResponseHeaders(status, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
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
