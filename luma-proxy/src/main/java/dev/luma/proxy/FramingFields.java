package dev.luma.proxy;

import java.util.Arrays;

/**
 * What the fields of one head say about where its body ends: Content-Length and Transfer-Encoding, read so that nobody can
 * read them otherwise (RFC 9112 sections 6.1 to 6.3).
 */
final class FramingFields {

    private static final byte[] CHUNKED = Octets.of("chunked");

    /** -1 when there is none. */
    long contentLength = -1;

    boolean chunked;
    private boolean transferEncoding;

    void reset() {
        contentLength = -1;
        chunked = false;
        transferEncoding = false;
    }

    /**
     * Reads the value of a Content-Length.
     *
     * @return whether it stands there in its plain form, with no zeros in front
     */
    boolean readLength(byte[] octets, int from, int to) throws BadMessage {
        if (contentLength >= 0) {
            throw BadMessage.malformed("there is more than one Content-Length");
        }
        if (from == to || to - from > 18) {
            throw BadMessage.malformed("the Content-Length is not a number that can be");
        }
        long length = 0;
        for (int i = from; i < to; i++) {
            if (!Octets.isDigit(octets[i])) {
                throw BadMessage.malformed("the Content-Length is not a plain number");
            }
            length = length * 10 + (octets[i] - '0');
        }
        contentLength = length;
        return octets[from] != '0' || to - from == 1;
    }

    /**
     * Reads the value of a Transfer-Encoding.
     *
     * @return whether it stands there in its plain form, with no capitals
     */
    boolean readCoding(byte[] octets, int from, int to) throws BadMessage {
        if (transferEncoding) {
            throw BadMessage.malformed("there is more than one Transfer-Encoding");
        }
        transferEncoding = true;
        if (!Octets.says(octets, from, to, CHUNKED)) {
            throw new BadMessage(
                    Failure.NOT_IMPLEMENTED, "the only Transfer-Encoding that is understood is \"chunked\"");
        }
        chunked = true;
        return Arrays.equals(octets, from, to, CHUNKED, 0, CHUNKED.length);
    }

    /** All fields have been read. */
    void check() throws BadMessage {
        if (transferEncoding && contentLength >= 0) {
            throw BadMessage.malformed("there is both a Content-Length and a Transfer-Encoding");
        }
    }
}
