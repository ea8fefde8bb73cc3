package dev.luma.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads HTTP/1.1 messages by the letter of RFC 9112, slowly and with nothing forgiven: the second opinion on everything
 * that Luma lets out. Shares no code with the data plane.
 */
final class StrictReader {

    private static final Pattern REQUEST_LINE =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ (/[!-\"$-~]*|\\*) HTTP/1\\.1");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-9][0-9]{2}( [\\t -~\\x80-\\xff]*)?");
    private static final Pattern FIELD_LINE = Pattern.compile(
            "[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \\t]*([!-~\\x80-\\xff]([\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?)?[ \\t]*");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})(;[\\t -~\\x80-\\xff]*)?");

    private final InputStream in;

    StrictReader(InputStream in) {
        this.in = in;
    }

    Message request() throws IOException {
        Message head = requestHead();
        return withBody(head, length(head), false);
    }

    /** The head alone; the body stays to be read. */
    Message requestHead() throws IOException {
        Message head = head(REQUEST_LINE);
        if (head.all("host").size() != 1) {
            throw new IOException("not exactly one Host: " + head.lines());
        }
        return head;
    }

    /** The next response, interim ones included. */
    Message response() throws IOException {
        return response(false);
    }

    Message response(boolean toHead) throws IOException {
        Message head = head(STATUS_LINE);
        boolean bodiless = toHead || head.status() < 200 || head.status() == 204 || head.status() == 304;
        return bodiless ? head : withBody(head, length(head), true);
    }

    Message responseHead() throws IOException {
        return head(STATUS_LINE);
    }

    private Message head(Pattern startLine) throws IOException {
        String start = line();
        if (!startLine.matcher(start).matches()) {
            throw new IOException("bad start line: " + start);
        }
        return new Message(start, fieldLines(), new byte[0], List.of());
    }

    private List<String> fieldLines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (!FIELD_LINE.matcher(line).matches()) {
                throw new IOException("bad field line: " + line);
            }
            lines.add(line);
        }
        return lines;
    }

    /** The length of the body; -1 for chunked, -2 for none given. */
    private static long length(Message head) throws IOException {
        List<String> lengths = head.all("content-length");
        List<String> codings = head.all("transfer-encoding");
        if (lengths.size() + codings.size() > 1) {
            throw new IOException("more than one framing: " + head.lines());
        }
        if (!codings.isEmpty()) {
            if (!codings.get(0).toLowerCase(Locale.ROOT).equals("chunked")) {
                throw new IOException("unknown coding: " + codings);
            }
            return -1;
        }
        if (lengths.isEmpty()) {
            return -2;
        }
        if (!LENGTH.matcher(lengths.get(0)).matches()) {
            throw new IOException("bad length: " + lengths);
        }
        return Long.parseLong(lengths.get(0));
    }

    private Message withBody(Message head, long length, boolean untilClose) throws IOException {
        if (length == -1) {
            return chunked(head);
        }
        if (length == -2) {
            return new Message(head.startLine(), head.lines(), untilClose ? in.readAllBytes() : new byte[0], List.of());
        }
        byte[] body = in.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
        if (body.length < length) {
            throw new EOFException("the body ended after " + body.length + " of " + length);
        }
        return new Message(head.startLine(), head.lines(), body, List.of());
    }

    private Message chunked(Message head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line();
            var matcher = CHUNK_SIZE.matcher(size);
            if (!matcher.matches()) {
                throw new IOException("bad chunk size: " + size);
            }
            long length = Long.parseLong(matcher.group(1), 16);
            if (length == 0) {
                return new Message(head.startLine(), head.lines(), body.toByteArray(), fieldLines());
            }
            byte[] data = in.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
            if (data.length < length) {
                throw new EOFException("a chunk ended after " + data.length + " of " + length);
            }
            body.write(data);
            if (!line().isEmpty()) {
                throw new IOException("no CRLF behind a chunk");
            }
        }
    }

    /** One line, without its CRLF; a CR or an LF alone is an error. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException("the connection ended at: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            if (octet == '\n' || octet == 0) {
                throw new IOException("bare LF or NUL behind: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            if (octet == '\r') {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException("the connection ended behind a CR");
                }
                if (next != '\n') {
                    throw new IOException("bare CR behind: " + line.toString(StandardCharsets.ISO_8859_1));
                }
                return line.toString(StandardCharsets.ISO_8859_1);
            }
            line.write(octet);
        }
    }
}
