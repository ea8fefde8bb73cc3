package dev.luma.proxy;

import io.netty.buffer.ByteBuf;

/**
 * Walks chunked framing without taking it apart (RFC 9112 section 7.1): knows at each octet where it is, and where the
 * body ends. Strict about sizes, line ends and trailer fields. Belongs to one message.
 */
final class ChunkWalker {

    private static final int LONGEST_LINE = 4096;
    private static final int MOST_SIZE_DIGITS = 15;

    private enum At {
        SIZE_START,
        SIZE,
        EXTENSION_START,
        EXTENSION_NAME,
        EXTENSION_VALUE_START,
        EXTENSION_VALUE,
        EXTENSION_QUOTED,
        EXTENSION_ESCAPED,
        EXTENSION_END,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        LAST_LF,
        END
    }

    private At at = At.SIZE_START;
    private long left;
    private int length;
    private final StringBuilder trailerName = new StringBuilder(0);
    private boolean data;

    boolean isAtEnd() {
        return at == At.END;
    }

    /** Whether the last {@link #walk} went over content, rather than over framing. */
    boolean wasData() {
        return data;
    }

    /**
     * Goes over octets of one sort, content or framing, from {@code from} up to at most {@code to}.
     *
     * @return the offset where it stopped: at {@code to}, where the other sort begins, or behind the end of the body
     */
    int walk(ByteBuf in, int from, int to) throws BadMessage {
        data = at == At.DATA;
        if (data) {
            int step = (int) Math.min(left, to - from);
            left -= step;
            if (left == 0) {
                at = At.DATA_CR;
            }
            return from + step;
        }
        int i = from;
        while (i < to && at != At.DATA && at != At.END) {
            take(in.getByte(i++));
        }
        return i;
    }

    private void take(byte octet) throws BadMessage {
        switch (at) {
            case SIZE_START -> {
                left = digit(octet);
                length = 1;
                at = At.SIZE;
            }
            case SIZE -> size(octet);
            case EXTENSION_START,
                    EXTENSION_NAME,
                    EXTENSION_VALUE_START,
                    EXTENSION_VALUE,
                    EXTENSION_QUOTED,
                    EXTENSION_ESCAPED,
                    EXTENSION_END -> extension(octet);
            case SIZE_LF -> {
                expect(octet, '\n');
                length = 0;
                at = left == 0 ? At.TRAILER_START : At.DATA;
            }
            case DATA_CR -> {
                expect(octet, '\r');
                at = At.DATA_LF;
            }
            case DATA_LF -> {
                expect(octet, '\n');
                at = At.SIZE_START;
            }
            case TRAILER_START -> {
                if (octet == '\r') {
                    at = At.LAST_LF;
                } else {
                    trailerName.setLength(0);
                    at = At.TRAILER_NAME;
                    trailerName(octet);
                }
            }
            case TRAILER_NAME -> trailerName(octet);
            case TRAILER_VALUE -> {
                if (octet == '\r') {
                    at = At.TRAILER_LF;
                } else if (!Octets.isFieldValue(octet) || ++length > LONGEST_LINE) {
                    throw BadMessage.malformed("the trailer is too long or has a bare line end");
                }
            }
            case TRAILER_LF -> {
                expect(octet, '\n');
                at = At.TRAILER_START;
            }
            case LAST_LF -> {
                expect(octet, '\n');
                at = At.END;
            }
            case DATA, END -> throw new IllegalStateException("walked into " + at);
        }
    }

    private void size(byte octet) throws BadMessage {
        if (octet == '\r') {
            at = At.SIZE_LF;
        } else if (octet == ';') {
            at = At.EXTENSION_START;
        } else if (++length > MOST_SIZE_DIGITS) {
            throw BadMessage.malformed("a chunk size is too large");
        } else {
            left = left << 4 | digit(octet);
        }
    }

    /** By the letter of RFC 9112 section 7.1.1, but without the white space that it calls bad. */
    private void extension(byte octet) throws BadMessage {
        if (++length > LONGEST_LINE) {
            throw BadMessage.malformed("a chunk's extensions are too long");
        }
        boolean token = Octets.isToken(octet);
        at = switch (at) {
            case EXTENSION_START -> token ? At.EXTENSION_NAME : badExtension();
            case EXTENSION_NAME ->
                token ? At.EXTENSION_NAME : octet == '=' ? At.EXTENSION_VALUE_START : afterExtension(octet);
            case EXTENSION_VALUE_START ->
                token ? At.EXTENSION_VALUE : octet == '"' ? At.EXTENSION_QUOTED : badExtension();
            case EXTENSION_VALUE -> token ? At.EXTENSION_VALUE : afterExtension(octet);
            case EXTENSION_QUOTED ->
                octet == '"'
                        ? At.EXTENSION_END
                        : octet == '\\'
                                ? At.EXTENSION_ESCAPED
                                : Octets.isFieldValue(octet) ? At.EXTENSION_QUOTED : badExtension();
            case EXTENSION_ESCAPED -> Octets.isFieldValue(octet) ? At.EXTENSION_QUOTED : badExtension();
            default -> afterExtension(octet);
        };
    }

    private static At afterExtension(byte octet) throws BadMessage {
        return octet == ';' ? At.EXTENSION_START : octet == '\r' ? At.SIZE_LF : badExtension();
    }

    private static At badExtension() throws BadMessage {
        throw BadMessage.malformed("a chunk extension is malformed");
    }

    private static int digit(byte octet) throws BadMessage {
        int value = octet < 0 ? -1 : Character.digit(octet, 16);
        if (value < 0) {
            throw BadMessage.malformed("a chunk size is not a hexadecimal number");
        }
        return value;
    }

    private void trailerName(byte octet) throws BadMessage {
        if (++length > LONGEST_LINE) {
            throw BadMessage.malformed("the trailer is too long");
        }
        if (Octets.isToken(octet)) {
            // What turns fields into variables, as CGI does, takes an underscore for a hyphen.
            trailerName.append(octet == '_' ? '-' : (char) Octets.lower(octet));
            return;
        }
        if (octet != ':' || trailerName.isEmpty()) {
            throw BadMessage.malformed("a trailer field is malformed");
        }
        switch (trailerName.toString()) {
            // What frames, routes, authenticates, says how to read the content or tells of a hop (RFC 9110 section
            // 6.5.1).
            case "content-length",
                    "transfer-encoding",
                    "content-encoding",
                    "content-type",
                    "content-range",
                    "host",
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "proxy",
                    "upgrade",
                    "te",
                    "trailer",
                    "expect",
                    "max-forwards",
                    "via",
                    "authorization",
                    "proxy-authorization",
                    "proxy-authenticate",
                    "www-authenticate",
                    "cookie",
                    "set-cookie",
                    "x-real-ip",
                    "forwarded" -> throw forbidden();
            default -> {
                if (trailerName.indexOf("x-forwarded-") == 0) {
                    throw forbidden();
                }
                at = At.TRAILER_VALUE;
            }
        }
    }

    private BadMessage forbidden() {
        return BadMessage.malformed("a trailer field may not be " + trailerName);
    }

    private static void expect(byte octet, char wanted) throws BadMessage {
        if (octet != wanted) {
            throw BadMessage.malformed("chunked framing is broken");
        }
    }
}
