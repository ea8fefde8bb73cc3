package dev.luma.cli;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * One request over one connection, in HTTP/1.0 so that the answer's body simply ends with the connection (RFC 9112
 * sections 2.5 and 6.3). The JDK's own client takes half a second to load; a command line should not.
 */
final class HttpCall {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private HttpCall() {}

    /** What came back. */
    record Reply(int status, String body) {}

    /**
     * Sends a request and waits for the answer.
     *
     * @param body JSON to send along; empty for none
     * @param patience how long the other side may be silent
     */
    static Reply send(String host, int port, String method, String path, String body, Duration patience)
            throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) CONNECT_TIMEOUT.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream request = new ByteArrayOutputStream(content.length + 256);
            request.writeBytes(head(host, port, method, path, content.length).getBytes(StandardCharsets.US_ASCII));
            request.writeBytes(content);
            socket.getOutputStream().write(request.toByteArray());
            return read(socket.getInputStream());
        }
    }

    private static String head(String host, int port, String method, String path, int length) {
        String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        return method + " " + path + " HTTP/1.0\r\nHost: " + authority
                + "\r\nAccept: application/json, application/problem+json\r\nUser-Agent: luma\r\n"
                + (length == 0 ? "" : "Content-Type: application/json\r\n")
                + (length == 0 && method.equals("GET") ? "" : "Content-Length: " + length + "\r\n")
                + "Connection: close\r\n\r\n";
    }

    private static Reply read(InputStream in) throws IOException {
        String[] statusLine = line(in).split(" ", 3);
        if (statusLine.length < 2 || !statusLine[0].startsWith("HTTP/1.") || !statusLine[1].matches("[1-5]\\d\\d")) {
            throw new ProtocolException("that is no HTTP answer");
        }
        int length = -1;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = length(lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                throw new ProtocolException("the answer is in HTTP/1.1, which was not asked for");
            }
        }
        byte[] body = length < 0 ? in.readAllBytes() : in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the answer broke off");
        }
        return new Reply(Integer.parseInt(statusLine[1]), new String(body, StandardCharsets.UTF_8));
    }

    private static int length(String digits) throws ProtocolException {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException wrong) {
            throw new ProtocolException("the length of the answer is not a number: " + digits);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed without an answer");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
