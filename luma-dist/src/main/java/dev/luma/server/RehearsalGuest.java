package dev.luma.server;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The user of a rehearsal: asks for what is there in every framing, and complains of an answer that it did not expect. */
record RehearsalGuest(int proxyPort, int apiPort) {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final String FIELDS = """
            User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r
            Accept: text/html, */*;q=0.8\r
            Accept-Encoding: gzip, br\r
            Accept-Language: en\r
            Cookie: a=b; c=d\r
            """;

    /** Visits a project over connections that are kept, this many times. */
    void visit(String host, int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            if (round % 50 == 0) {
                once(host);
            }
            try (Socket socket = connect(proxyPort)) {
                for (int turn = 0; turn < 10; turn++) {
                    every(socket, host);
                }
            }
        }
    }

    /** What one connection can ask for again and again. */
    private static void every(Socket socket, String host) throws IOException {
        ask(socket, "GET", "/100", host, "", "", " 200 ");
        ask(socket, "GET", "/16384", host, "", "", " 200 ");
        ask(socket, "HEAD", "/100", host, "", "", " 200 ");
        ask(socket, "GET", "/chunks", host, "", "", " 200 ");
        ask(socket, "GET", "/nothing", host, "", "", " 204 ");
        ask(socket, "GET", "/unchanged", host, "If-None-Match: \"1\"\r\n", "", " 304 ");
        ask(socket, "POST", "/echo", host, "Content-Length: 5\r\n", "hello", " 200 ");
        ask(socket, "POST", "/echo", host, "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", " 200 ");
        ask(socket, "GET", "/", "nobody.localhost", "", "", " 404 ");
    }

    /** What ends its connection, or is long. */
    private void once(String host) throws IOException {
        for (String path : new String[] {"/1048576", "/until-close"}) {
            try (Socket socket = connect(proxyPort)) {
                ask(socket, "GET", path, host, "Connection: close\r\n", "", " 200 ");
            }
        }
        try (Socket socket = connect(proxyPort)) {
            String body = "x".repeat(300_000);
            ask(socket, "POST", "/echo", host, "Content-Length: " + body.length() + "\r\n", body, " 200 ");
        }
        try (Socket socket = connect(proxyPort)) {
            write(socket, "GET /100 HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
            expect(WholeMessage.answer(socket.getInputStream(), false), " 200 ");
        }
        try (Socket socket = connect(proxyPort)) {
            write(socket, "GET /bad request HTTP/1.1\r\n\r\n");
            expect(WholeMessage.answer(socket.getInputStream(), false), " 400 ");
        }
        try (Socket socket = connect(proxyPort)) {
            ask(socket, "GET", "/tunnel", host, "Connection: Upgrade\r\nUpgrade: websocket\r\n", "", " 101 ");
            write(socket, "ping");
            if (socket.getInputStream().readNBytes(4).length < 4) {
                throw new IOException("the rehearsal went wrong: a tunnel carries nothing");
            }
        }
    }

    /** Makes a call of the API with a body of JSON, and returns the body of the answer. */
    String call(String method, String path, String json, String expected) throws IOException {
        try (Socket socket = connect(apiPort)) {
            String fields = "Content-Type: application/json\r\nContent-Length: " + json.length() + "\r\n";
            return ask(socket, method, path, "localhost", fields, json, expected);
        }
    }

    private static String ask(
            Socket socket, String method, String path, String host, String fields, String body, String expected)
            throws IOException {
        write(socket, method + ' ' + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + FIELDS + fields + "\r\n" + body);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        WholeMessage answer = WholeMessage.answer(in, method.equals("HEAD"));
        expect(answer, expected);
        return answer.body();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void expect(WholeMessage answer, String expected) throws IOException {
        if (!answer.first().contains(expected)) {
            throw new IOException(
                    "the rehearsal went wrong: \"" + answer.first() + "\" instead of" + expected + answer.body());
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }
}
