package dev.luma.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Requests that are nearly right: valid ones and known attacks, with a few octets changed, the same for the same seed. */
final class Mutations {

    private static final List<String> SEEDS = List.of(
            "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "GET /a?b=c HTTP/1.1\r\nHost: app.test:80\r\nAccept: text/html\r\nConnection: keep-alive\r\n\r\n",
            "GET http://app.test/a HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 11\r\n\r\nhello world",
            "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
            "PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 41\r\n\r\nGET /hidden HTTP/1.1\r\nHost: app.test\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
            "HEAD / HTTP/1.1\r\nHost: app.test\r\nX: a\r\n\r\nGET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: app.test\r\nConnection: keep-alive\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: app.test\r\nTE: trailers\r\nConnection: TE, X-A\r\nX-A: b\r\n\r\n",
            "DELETE /x HTTP/1.1\r\nHost: APP.test.\r\nExpect: nothing\r\nX_Forwarded_For: 1\r\n\r\n");

    private static final List<String> PIECES = List.of(
            "\r\n",
            "\n",
            "\r",
            " ",
            "\t",
            "\0",
            "\u000b",
            "\u0085",
            "\u00ff",
            ":",
            ";",
            ",",
            "0",
            "-",
            "+",
            "0x",
            "1",
            "9999999999999999999",
            "ffffffffffffffff",
            "\r\n ",
            "\r\n\r\n",
            "0\r\n\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 0\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "transfer-encoding:\tchunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Host: other.test\r\n",
            "Connection: close\r\n",
            "Connection: Content-Length\r\n",
            "chunked",
            "GET / HTTP/1.1\r\n",
            "http://app.test",
            "HTTP/1.0",
            "HTTP/2.0",
            "#",
            "@",
            "\"");

    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    /** One to three requests in a row, with up to four changes. */
    byte[] next() {
        StringBuilder text = new StringBuilder();
        for (int requests = random.nextInt(3); requests >= 0; requests--) {
            text.append(pick(SEEDS));
        }
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            change(text);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void change(StringBuilder text) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(6)) {
            case 0 -> text.setCharAt(at, (char) random.nextInt(256));
            case 1 -> text.insert(at, pick(PIECES));
            case 2 -> text.deleteCharAt(at);
            case 3 -> text.replace(at, Math.min(text.length(), at + 1 + random.nextInt(4)), pick(PIECES));
            case 4 -> insertLine(text, at);
            default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(24))));
        }
        if (text.isEmpty()) {
            text.append(' ');
        }
    }

    private void insertLine(StringBuilder text, int near) {
        int line = text.indexOf("\r\n", near);
        text.insert(line < 0 ? near : line + 2, pick(PIECES));
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Where to cut the octets in two. */
    int cut(int length) {
        return random.nextInt(length + 1);
    }
}
