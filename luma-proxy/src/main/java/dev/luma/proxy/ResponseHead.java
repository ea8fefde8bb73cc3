package dev.luma.proxy;

/**
 * Reads the head of a response, as strictly as that of a request, since an upstream's garbage is another way to confuse
 * a client (RFC 9112 section 4). One per event loop, used again for each head.
 */
final class ResponseHead {

    private static final byte[] HTTP_1 = Octets.of("HTTP/1.");

    final Fields fields = new Fields();
    private byte[] octets = {};

    int status;
    /** Where the status code begins; up to {@link #lineEnd} the line is passed on as it is. */
    int statusStart;

    int lineEnd;
    boolean http10;

    /**
     * Reads one head from the start of the octets.
     *
     * @return its length, or 0 if it is not complete yet
     */
    int scan(byte[] scanned, int end) throws BadMessage {
        octets = scanned;
        int line = scanStatusLine(end);
        if (line < 0) {
            return 0;
        }
        int length = fields.scan(scanned, line, end);
        if (length >= 0 && http10 && fields.framing.chunked) {
            throw BadMessage.malformed("HTTP/1.0 knows no Transfer-Encoding");
        }
        return Math.max(length, 0);
    }

    /** Reads the status line alone, whatever comes behind it; whether it is complete. */
    boolean scanStatus(byte[] scanned, int end) throws BadMessage {
        octets = scanned;
        return scanStatusLine(end) >= 0;
    }

    private int scanStatusLine(int end) throws BadMessage {
        int known = Math.min(end, HTTP_1.length);
        for (int i = 0; i < known; i++) {
            if (octets[i] != HTTP_1[i]) {
                throw BadMessage.malformed("the response does not begin with HTTP/1");
            }
        }
        statusStart = HTTP_1.length + 2;
        if (end < statusStart + 4) {
            return -1;
        }
        boolean fine = Octets.isDigit(octets[HTTP_1.length]) && octets[HTTP_1.length + 1] == ' ';
        status = 0;
        for (int i = statusStart; i < statusStart + 3; i++) {
            fine &= Octets.isDigit(octets[i]);
            status = status * 10 + (octets[i] - '0');
        }
        int i = statusStart + 3;
        if (!fine || status < 100 || (octets[i] != ' ' && octets[i] != '\r')) {
            throw BadMessage.malformed("the status line is malformed");
        }
        http10 = octets[HTTP_1.length] == '0';
        while (i < end && Octets.isFieldValue(octets[i])) {
            i++;
        }
        if (i + 1 >= end) {
            return -1;
        }
        if (octets[i] != '\r' || octets[i + 1] != '\n') {
            throw BadMessage.malformed("the status line has a control character or a bare line end");
        }
        lineEnd = i + 2;
        return lineEnd;
    }

    boolean isInterim() {
        return status < 200 && status != 101;
    }

    /** Whether the upstream will take another request on this connection. */
    boolean isPersistent() {
        return !fields.connection.close && (!http10 || fields.connection.keepAlive);
    }

    byte[] octets() {
        return octets;
    }
}
