package dev.luma.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Messages that are nearly right, or nearly a known attack: some of those that are given, with a few octets changed. */
final class Mutations {

    /** What is longer is only more of the same, and slow. */
    private static final int LONG = 1200;

    private static final List<String> REQUESTS = List.of(
            "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "GET /a?b=c HTTP/1.1\r\nHost: app.test:80\r\nAccept: text/html\r\nConnection: keep-alive\r\n\r\n",
            "GET http://app.test/a HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 11\r\n\r\nhello world",
            "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
            "PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 41\r\n\r\nGET /hidden HTTP/1.1\r\nHost: app.test\r\n\r\nab",
            "HEAD / HTTP/1.1\r\nHost: app.test\r\nX: a\r\n\r\nGET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: app.test\r\nConnection: keep-alive\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: app.test\r\nTE: trailers\r\nConnection: TE, X-A\r\nX-A: b\r\n\r\n",
            "DELETE /x HTTP/1.1\r\nHost: APP.test.\r\nExpect: nothing\r\nX_Forwarded_For: 1\r\n\r\n");

    private static final List<String> RESPONSES = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\ngo\r\n2\r\nod\r\n0\r\nX-Sum: 1\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil close",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na");

    private static final List<String> TOKENS = List.of(
            "\r",
            "\n",
            "\r\n",
            "\r\n\r\n",
            "\r\n ",
            "\0",
            " ",
            "\t",
            "\u000b",
            "\u0085",
            "\u00ff",
            ":",
            ";",
            ",",
            "=",
            "\"",
            "\\",
            "#",
            "@",
            "0",
            "1",
            "-",
            "+",
            "0x",
            "_",
            ";a=\"",
            "9999999999999999999",
            "ffffffffffffffff",
            "100000000",
            "0\r\n\r\n",
            "chunked",
            "Content-Length",
            "Content-Length: 3\r\n",
            "Content-Length: 0\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "transfer-encoding:\tchunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Host: other.test\r\n",
            "Connection: close\r\n",
            "Connection: Content-Length\r\n",
            "Connection: upgrade\r\nUpgrade: websocket\r\n",
            "Expect: 100-continue\r\n",
            "Trailer: X\r\n",
            "GET / HTTP/1.1\r\n",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "http://app.test",
            "HTTP/1.0",
            "HTTP/2.0");

    private final List<String> sources;

    private Mutations(String corpus, List<String> valid) {
        sources = new ArrayList<>(valid);
        for (Hostile hostile : Hostile.all(corpus)) {
            if (hostile.octets().length <= LONG) {
                sources.add(new String(hostile.octets(), StandardCharsets.ISO_8859_1));
            }
        }
    }

    static Mutations ofRequests() {
        return new Mutations("requests", REQUESTS);
    }

    static Mutations ofResponses() {
        return new Mutations("responses", RESPONSES);
    }

    /** One message or more in a row, with up to five changes; the same for the same state of the random numbers. */
    byte[] next(SplittableRandom random) {
        StringBuilder text = new StringBuilder(pick(sources, random));
        while (random.nextInt(4) == 0) {
            text.insert(0, pick(sources, random));
        }
        for (int changes = random.nextInt(6); changes > 0; changes--) {
            change(text, random);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void change(StringBuilder text, SplittableRandom random) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + 1 + random.nextInt(4));
        switch (random.nextInt(10)) {
            case 0 -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf((char) random.nextInt(256)));
            case 1 -> flip(text, at, random);
            case 2 -> text.insert(at, pick(TOKENS, random));
            case 3 -> text.replace(at, end, pick(TOKENS, random));
            case 4 -> text.delete(at, end);
            case 5 -> text.insert(lineStart(text, at), pick(TOKENS, random));
            case 6 -> text.insert(lineStart(text, at), line(text, random));
            case 7 -> text.delete(lineStart(text, at), lineEnd(text, at));
            case 8 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(24))));
            default -> {
                String other = pick(sources, random);
                text.replace(at, text.length(), other.substring(random.nextInt(other.length())));
            }
        }
    }

    private static void flip(StringBuilder text, int at, SplittableRandom random) {
        if (at < text.length()) {
            text.setCharAt(at, (char) (text.charAt(at) ^ 1 << random.nextInt(8)));
        }
    }

    private static String line(StringBuilder text, SplittableRandom random) {
        int near = random.nextInt(text.length() + 1);
        return text.substring(lineStart(text, near), lineEnd(text, near));
    }

    private static int lineStart(StringBuilder text, int near) {
        return text.lastIndexOf("\n", near - 1) + 1;
    }

    private static int lineEnd(StringBuilder text, int near) {
        int end = text.indexOf("\n", near);
        return end < 0 ? text.length() : end + 1;
    }

    private static String pick(List<String> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }
}
