package dev.luma.proxy;

import java.util.Arrays;

/**
 * Reads the head of a request: one strict walk over its octets, noting offsets and making no objects (RFC 9112 section
 * 3). One per event loop, used again for each head; what outlives the walk is copied out by the caller.
 */
final class RequestHead {

    private static final byte[] HTTP_1 = Octets.of("HTTP/1.");
    private static final byte[] HTTP_SCHEME = Octets.of("http://");
    private static final byte[] HTTPS_SCHEME = Octets.of("https://");
    private static final int LONGEST_METHOD = 32;
    private static final int MOST_HOPS = 999_999;
    private static final byte[][] BODILESS_AND_SAFE_TO_REPEAT = {
        Octets.of("GET"), Octets.of("HEAD"), Octets.of("OPTIONS"), Octets.of("PUT"), Octets.of("DELETE")
    };

    final Fields fields = new Fields();
    private byte[] octets = {};

    int methodStart;
    int methodEnd;
    /** The target as it is passed on: an absolute-form target has lost its scheme and authority. */
    int targetStart;

    int targetEnd;
    int lineEnd;
    /** The authority that counts: of the absolute-form target if there is one, else of Host (RFC 9112 section 3.2.2). */
    int authorityStart;

    int authorityEnd;
    boolean absoluteForm;
    /** Whether it is about the server as a whole, in the asterisk form or in the one of an address (RFC 9112 section 3.2.4). */
    boolean wholeServer;
    /** How often an OPTIONS may still be passed on, this hop included (RFC 9110 section 7.6.2); -1 where nothing is said. */
    int hopsLeft;
    /** Whether the client speaks HTTP/1.0. */
    boolean http10;
    /** Whether it speaks exactly HTTP/1.1, so that the request line can be passed on as it is. */
    boolean http11;

    /**
     * Reads one head from the start of the octets.
     *
     * @return its length, or 0 if it is not complete yet
     */
    int scan(byte[] scanned, int end) throws BadMessage {
        octets = scanned;
        int at = 0;
        if (end >= 2 && scanned[0] == '\r' && scanned[1] == '\n') {
            at = 2; // one empty line before a request is forgiven (RFC 9112 section 2.2)
        } else if (end == 1 && scanned[0] == '\r') {
            return 0;
        }
        int line = scanRequestLine(at, end);
        if (line < 0) {
            return 0;
        }
        int length = fields.scan(scanned, line, end);
        if (length < 0) {
            return 0;
        }
        checkHost();
        countHops();
        if (!http11 && fields.framing.chunked) {
            throw BadMessage.malformed("Transfer-Encoding is for HTTP/1.1 only");
        }
        return length;
    }

    private int scanRequestLine(int start, int end) throws BadMessage {
        int i = start;
        methodStart = i;
        while (i < end && Octets.isToken(octets[i])) {
            i++;
        }
        methodEnd = i;
        if (i - start > LONGEST_METHOD) {
            throw new BadMessage(Failure.NOT_IMPLEMENTED, "the method is too long to be one");
        }
        if (i == end) {
            return -1;
        }
        if (octets[i] != ' ' || i == start) {
            throw BadMessage.malformed("the request line does not begin with a method and a space");
        }
        i++;
        targetStart = i;
        while (i < end && Octets.isTarget(octets[i])) {
            i++;
        }
        targetEnd = i;
        if (i == end) {
            return -1;
        }
        if (octets[i] != ' ' || i == targetStart) {
            throw BadMessage.malformed("the request target has a character that may not be there");
        }
        i = scanVersion(i + 1, end);
        if (i > 0) {
            lineEnd = i;
            readTarget();
        }
        return i;
    }

    private int scanVersion(int start, int end) throws BadMessage {
        int known = Math.min(end - start, HTTP_1.length);
        for (int i = 0; i < known; i++) {
            if (octets[start + i] != HTTP_1[i]) {
                // "HTTP/2.0" and its like are a version that is not spoken here; anything else is no version at all.
                throw i == HTTP_1.length - 2 && Octets.isDigit(octets[start + i])
                        ? new BadMessage(Failure.VERSION_NOT_SUPPORTED, "only HTTP/1.1 and HTTP/1.0 are spoken here")
                        : BadMessage.malformed("the request line does not end with an HTTP version");
            }
        }
        int minor = start + HTTP_1.length;
        if (end < minor + 3) {
            return -1;
        }
        if (!Octets.isDigit(octets[minor]) || octets[minor + 1] != '\r' || octets[minor + 2] != '\n') {
            throw BadMessage.malformed("the request line does not end with an HTTP version and CRLF");
        }
        http10 = octets[minor] == '0';
        http11 = octets[minor] == '1';
        return minor + 3;
    }

    private void readTarget() throws BadMessage {
        absoluteForm = false;
        wholeServer = false;
        if (methodIs("CONNECT") || methodIs("TRACE")) {
            throw new BadMessage(Failure.METHOD_NOT_ALLOWED, "CONNECT and TRACE are not served here");
        }
        byte first = octets[targetStart];
        if (first == '/') {
            return;
        }
        if (first == '*' && targetEnd - targetStart == 1) {
            if (!methodIs("OPTIONS")) {
                throw BadMessage.malformed("only OPTIONS has the target \"*\"");
            }
            wholeServer = true;
            return;
        }
        if (startsWith(HTTPS_SCHEME)) {
            // RFC 9110 section 7.4: not over a connection that is not secured.
            throw new BadMessage(Failure.MISDIRECTED, "https addresses are not served over plain text");
        }
        if (!startsWith(HTTP_SCHEME)) {
            throw BadMessage.malformed("the request target is neither a path nor an http address");
        }
        absoluteForm = true;
        authorityStart = targetStart + HTTP_SCHEME.length;
        int i = authorityStart;
        while (i < targetEnd && octets[i] != '/' && octets[i] != '?') {
            i++;
        }
        authorityEnd = i;
        if (authorityEnd == authorityStart) {
            throw BadMessage.malformed("the address in the request target has no host");
        }
        targetStart = i;
        wholeServer = i == targetEnd && methodIs("OPTIONS");
    }

    private boolean startsWith(byte[] word) {
        return targetEnd - targetStart > word.length
                && Octets.says(octets, targetStart, targetStart + word.length, word);
    }

    private void checkHost() throws BadMessage {
        if (fields.hosts > 1) {
            throw BadMessage.malformed("there is more than one Host");
        }
        if (fields.hosts == 0 && !http10) {
            throw BadMessage.malformed("there is no Host");
        }
        if (absoluteForm) {
            if (fields.hosts == 1) {
                Authority.host(octets, fields.hostStart, fields.hostEnd); // it does not count, but has to be one
            }
        } else {
            authorityStart = fields.hosts == 0 ? 0 : fields.hostStart;
            authorityEnd = fields.hosts == 0 ? 0 : fields.hostEnd;
        }
        if (wholeServer) {
            Authority.host(octets, authorityStart, authorityEnd); // nobody routes by it, but it has to be one
        }
    }

    private void countHops() throws BadMessage {
        hopsLeft = -1;
        if (fields.maxForwards == 0 || !methodIs("OPTIONS")) {
            return;
        }
        if (fields.maxForwards > 1 || fields.maxForwardsStart == fields.maxForwardsEnd) {
            throw BadMessage.malformed("Max-Forwards is not one number");
        }
        hopsLeft = 0;
        for (int i = fields.maxForwardsStart; i < fields.maxForwardsEnd; i++) {
            if (!Octets.isDigit(octets[i])) {
                throw BadMessage.malformed("Max-Forwards is not a plain number");
            }
            hopsLeft = Math.min(MOST_HOPS, hopsLeft * 10 + (octets[i] - '0'));
        }
    }

    boolean methodIs(String name) {
        if (methodEnd - methodStart != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (octets[methodStart + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    boolean hasBody() {
        return fields.framing.chunked || fields.framing.contentLength > 0;
    }

    /** Whether the request may be sent a second time if nothing came back (RFC 9110 section 9.2.2). */
    boolean isRepeatable() {
        if (hasBody() || fields.expect || isUpgrade()) {
            return false;
        }
        for (byte[] method : BODILESS_AND_SAFE_TO_REPEAT) {
            if (methodEnd - methodStart == method.length
                    && Arrays.equals(octets, methodStart, methodEnd, method, 0, method.length)) {
                return true;
            }
        }
        return false;
    }

    boolean isUpgrade() {
        return fields.upgrade && fields.connection.upgrade && !http10;
    }

    /** Whether the client wants the connection to stay (RFC 9112 section 9.3). */
    boolean isPersistent() {
        return !fields.connection.close && (!http10 || fields.connection.keepAlive);
    }

    byte[] octets() {
        return octets;
    }
}
