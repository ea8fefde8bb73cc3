package dev.luma.proxy;

import java.util.Arrays;

/**
 * What the names of fields mean to a gateway. Kept by length, so that most names are told apart from the special ones by
 * one look.
 */
final class FieldNames {

    /** What a field is to a gateway. */
    enum Kind {
        /** Nothing special; passed on, unless Connection nominates it. */
        OTHER(0),
        /** Meant for the other end, so that Connection may not nominate it (RFC 9110 section 7.6.1). */
        END_TO_END(0),
        HOST(1 << 0),
        CONTENT_LENGTH(1 << 1),
        TRANSFER_ENCODING(1 << 2),
        CONNECTION(1 << 3),
        /** Belongs to one hop only (RFC 9110 section 7.6.1): Keep-Alive, Proxy-Connection. */
        HOP_BY_HOP(1 << 4),
        UPGRADE(1 << 5),
        TE(1 << 6),
        EXPECT(1 << 7),
        ACCEPT(1 << 8),
        /** Says where a request came from: Forwarded, X-Forwarded-*, X-Real-IP, and spellings that some take for them. */
        FORWARDING(1 << 9),
        /** Counts hops; only OPTIONS and TRACE have a use for it (RFC 9110 section 7.6.2). */
        MAX_FORWARDS(1 << 10),
        REQUEST_ID(1 << 11),
        /** Meant for the other end like those above, and made where there is none (RFC 9110 section 6.6.1). */
        DATE(0),
        /** Framing in a spelling that some servers take for it. No honest message has it. */
        LOOKALIKE(0);

        /** Its own in a set of kinds that may be left out; 0 for what is always passed on. */
        final int bit;

        Kind(int bit) {
            this.bit = bit;
        }
    }

    private static final int LONGEST = 17;

    private static final byte[] X_FORWARDED = Octets.of("x-forwarded-");

    private static final FieldNames ALL = new FieldNames()
            .add("host", Kind.HOST)
            .add("content-length", Kind.CONTENT_LENGTH)
            .add("transfer-encoding", Kind.TRANSFER_ENCODING)
            .add("connection", Kind.CONNECTION)
            .add("keep-alive", Kind.HOP_BY_HOP)
            .add("proxy-connection", Kind.HOP_BY_HOP)
            // No field that anybody means, but what turns fields into variables, as CGI does, makes HTTP_PROXY of it.
            .add("proxy", Kind.HOP_BY_HOP)
            .add("content_length", Kind.LOOKALIKE)
            .add("transfer_encoding", Kind.LOOKALIKE)
            .add("upgrade", Kind.UPGRADE)
            .add("te", Kind.TE)
            .add("expect", Kind.EXPECT)
            .add("accept", Kind.ACCEPT)
            .add("max-forwards", Kind.MAX_FORWARDS)
            .add("forwarded", Kind.FORWARDING)
            .add("x-real-ip", Kind.FORWARDING)
            .add("x-real_ip", Kind.FORWARDING)
            .add("x_real-ip", Kind.FORWARDING)
            .add("x_real_ip", Kind.FORWARDING)
            .add("x-request-id", Kind.REQUEST_ID)
            .add("x-request_id", Kind.HOP_BY_HOP)
            .add("x_request-id", Kind.HOP_BY_HOP)
            .add("x_request_id", Kind.HOP_BY_HOP)
            .add("authorization", Kind.END_TO_END)
            .add("cache-control", Kind.END_TO_END)
            .add("content-encoding", Kind.END_TO_END)
            .add("content-range", Kind.END_TO_END)
            .add("content-type", Kind.END_TO_END)
            .add("cookie", Kind.END_TO_END)
            .add("date", Kind.DATE)
            .add("location", Kind.END_TO_END)
            .add("range", Kind.END_TO_END)
            .add("set-cookie", Kind.END_TO_END)
            .add("trailer", Kind.END_TO_END)
            .add("via", Kind.END_TO_END);

    private final byte[][][] words = new byte[LONGEST + 1][0][];
    private final Kind[][] kinds = new Kind[LONGEST + 1][0];

    private FieldNames add(String name, Kind kind) {
        int length = name.length();
        words[length] = Arrays.copyOf(words[length], words[length].length + 1);
        words[length][words[length].length - 1] = Octets.of(name);
        kinds[length] = Arrays.copyOf(kinds[length], kinds[length].length + 1);
        kinds[length][kinds[length].length - 1] = kind;
        return this;
    }

    /** What the field is whose name stands there, in any case. */
    static Kind kindOf(byte[] octets, int from, int to) {
        return ALL.find(octets, from, to);
    }

    private Kind find(byte[] octets, int from, int to) {
        int length = to - from;
        if (length <= LONGEST) {
            byte[][] candidates = words[length];
            for (int i = 0; i < candidates.length; i++) {
                if (Octets.says(octets, from, to, candidates[i])) {
                    return kinds[length][i];
                }
            }
        }
        return length > X_FORWARDED.length && isForwarding(octets, from) ? Kind.FORWARDING : Kind.OTHER;
    }

    /** With underscores too: what turns fields into variables, as CGI does, takes them for hyphens. */
    private static boolean isForwarding(byte[] octets, int from) {
        for (int i = 0; i < X_FORWARDED.length; i++) {
            byte octet = octets[from + i];
            if ((octet == '_' ? '-' : Octets.lower(octet)) != X_FORWARDED[i]) {
                return false;
            }
        }
        return true;
    }
}
