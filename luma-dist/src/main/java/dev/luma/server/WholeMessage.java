package dev.luma.server;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An HTTP/1.1 message that was read to its end, by the least that a rehearsal needs on either side.
 *
 * @param first its first line
 * @param fields all others, in lower case
 */
record WholeMessage(String first, String fields, String body) {

    private static final String CHUNKED = "\r\ntransfer-encoding: chunked\r\n";
    private static final String LENGTH = "\r\ncontent-length: ";

    /** A request, or nothing if the connection has ended. Blocks. */
    static Optional<WholeMessage> request(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        String fields = fields(in);
        return Optional.of(new WholeMessage(first, fields, delimited(fields) ? body(fields, in) : ""));
    }

    /** An answer. Blocks. */
    static WholeMessage answer(InputStream in, boolean toHead) throws IOException {
        String first = line(in);
        String fields = fields(in);
        if (toHead || first.contains(" 1") || first.contains(" 204 ") || first.contains(" 304 ")) {
            return new WholeMessage(first, fields, "");
        }
        return new WholeMessage(first, fields, delimited(fields) ? body(fields, in) : text(in.readAllBytes()));
    }

    private static boolean delimited(String fields) {
        return fields.contains(CHUNKED) || fields.contains(LENGTH);
    }

    private static String body(String fields, InputStream in) throws IOException {
        int at = fields.indexOf(LENGTH);
        if (at >= 0) {
            int from = at + LENGTH.length();
            return text(in.readNBytes(Integer.parseInt(fields.substring(from, fields.indexOf('\r', from)))));
        }
        StringBuilder whole = new StringBuilder();
        for (int size = size(in); size > 0; size = size(in)) {
            whole.append(text(in.readNBytes(size)));
            line(in);
        }
        fields(in);
        return whole.toString();
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0], 16);
    }

    /** The lines up to an empty one, each between line ends. */
    private static String fields(InputStream in) throws IOException {
        StringBuilder fields = new StringBuilder("\r\n");
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            fields.append(line.toLowerCase(Locale.ROOT)).append("\r\n");
        }
        return fields.toString();
    }

    /** Empty also at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                if (line.isEmpty()) {
                    return "";
                }
                throw new EOFException("the connection ended within a line");
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
