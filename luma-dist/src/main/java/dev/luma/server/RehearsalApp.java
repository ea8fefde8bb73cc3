package dev.luma.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The app of a rehearsal: what is asked for says in which framing the answer comes. */
final class RehearsalApp implements AutoCloseable {

    private static final String DATE = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
    private static final String TYPE = "Content-Type: text/plain; charset=utf-8\r\n";

    private final RehearsalServer server;

    private RehearsalApp(RehearsalServer server) {
        this.server = server;
    }

    static RehearsalApp open() throws IOException {
        return new RehearsalApp(
                RehearsalServer.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RehearsalApp::serve));
    }

    int port() throws IOException {
        return ((InetSocketAddress) server.address()).getPort();
    }

    private static void serve(InputStream in, OutputStream out) throws IOException {
        for (Optional<WholeMessage> next = WholeMessage.request(in); next.isPresent(); ) {
            String[] words = next.get().first().split(" ", -1);
            out.write(answer(words[0], words[1], next.get()).getBytes(StandardCharsets.ISO_8859_1));
            if (words[1].equals("/until-close")) {
                return;
            }
            if (words[1].equals("/tunnel")) {
                in.transferTo(out);
                return;
            }
            next = WholeMessage.request(in);
        }
    }

    private static String answer(String method, String path, WholeMessage request) {
        return switch (path) {
            case "/chunks" ->
                "HTTP/1.1 200 OK\r\n" + DATE + TYPE + "Transfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n"
                        + "5\r\nhello\r\n400\r\n" + "x".repeat(0x400) + "\r\n0\r\nSum: 0\r\n\r\n";
            case "/until-close" -> "HTTP/1.0 200 OK\r\n" + TYPE + "\r\nto the end";
            case "/nothing" -> "HTTP/1.1 204 No Content\r\n" + DATE + "\r\n";
            case "/unchanged" -> "HTTP/1.1 304 Not Modified\r\n" + DATE + "ETag: \"1\"\r\n\r\n";
            case "/tunnel" -> """
                HTTP/1.1 101 Switching Protocols\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r
                """;
            case "/echo" -> counted(method, request.body());
            default -> counted(method, "x".repeat(Integer.parseInt(path.substring(1))));
        };
    }

    private static String counted(String method, String body) {
        return "HTTP/1.1 200 OK\r\n" + DATE + "Server: rehearsal\r\n" + TYPE + "Content-Length: " + body.length()
                + "\r\nETag: \"1\"\r\n\r\n" + (method.equals("HEAD") ? "" : body);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
