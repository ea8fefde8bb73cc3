package dev.luma.proxy;

import java.util.Arrays;

/**
 * The field lines of one head, as offsets into the octets that were scanned; the fields that decide about framing,
 * routing and forwarding are recognised on the way. Strict: what two parsers could read differently is refused (RFC 9112
 * sections 2.2, 5 and 6). One per event loop and direction, used again for each head.
 */
final class Fields {

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

    private static final int MAX_FIELDS = 256;

    private static final byte[] CLOSE = Octets.of("close");
    private static final byte[] KEEP_ALIVE = Octets.of("keep-alive");
    private static final byte[] UPGRADE = Octets.of("upgrade");
    private static final byte[] CHUNKED = Octets.of("chunked");
    private static final byte[] TRAILERS = Octets.of("trailers");
    private static final byte[] H2C = Octets.of("h2c");
    private static final byte[] X_FORWARDED = Octets.of("x-forwarded-");

    private static final Names NAMES = new Names()
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

    private byte[] octets = {};
    private int count;
    private int[] starts = new int[32];
    private int[] nameEnds = new int[32];
    private int[] ends = new int[32];
    private Kind[] kinds = new Kind[32];

    int hostStart;
    int hostEnd;
    int hosts;
    int maxForwardsStart;
    int maxForwardsEnd;
    int maxForwards;
    int requestIdStart;
    int requestIdEnd;
    int requestIds;
    /** -1 when there is none. */
    long contentLength;

    boolean chunked;
    boolean connectionClose;
    boolean connectionKeepAlive;
    boolean connectionUpgrade;
    /** Whether there is an Upgrade to something that can be relayed as a tunnel. */
    boolean upgrade;

    private boolean h2c;
    boolean teTrailers;
    boolean expect;
    boolean date;
    boolean wantsHtml;
    private boolean transferEncoding;
    private boolean nominates;

    /**
     * The kinds, as bits, of those fields that decide about routing and framing and do not stand here in their plain form:
     * one space before the value and nothing behind it, no zeros in front, no capitals. All of that is allowed, and all of
     * that somebody reads differently; so these are written anew.
     */
    private int unusual;

    /**
     * Reads field lines from {@code at} up to the empty line.
     *
     * @return the offset behind the empty line, or -1 if it is not there yet
     */
    int scan(byte[] scanned, int at, int end) throws BadMessage {
        reset(scanned);
        int i = at;
        while (i < end) {
            if (scanned[i] == '\r') {
                if (i + 1 >= end) {
                    return -1;
                }
                if (scanned[i + 1] != '\n') {
                    throw BadMessage.malformed("a CR stands without an LF");
                }
                finish();
                return i + 2;
            }
            int next = scanLine(scanned, i, end);
            if (next < 0) {
                return -1;
            }
            i = next;
        }
        return -1;
    }

    private int scanLine(byte[] scanned, int start, int end) throws BadMessage {
        int i = start;
        while (i < end && Octets.isToken(scanned[i])) {
            i++;
        }
        if (i == end) {
            return -1;
        }
        if (scanned[i] != ':' || i == start) {
            throw BadMessage.malformed(lineFault(scanned, start, i));
        }
        int nameEnd = i++;
        while (i < end && Octets.isSpace(scanned[i])) {
            i++;
        }
        int valueStart = i;
        while (i < end && Octets.isFieldValue(scanned[i])) {
            i++;
        }
        if (i + 1 >= end) {
            if (i < end && scanned[i] != '\r') {
                throw BadMessage.malformed("a field value has a control character or a bare LF");
            }
            return -1;
        }
        if (scanned[i] != '\r' || scanned[i + 1] != '\n') {
            throw BadMessage.malformed("a field value has a control character or a bare line end");
        }
        int valueEnd = i;
        while (valueEnd > valueStart && Octets.isSpace(scanned[valueEnd - 1])) {
            valueEnd--;
        }
        add(start, nameEnd, valueStart, valueEnd, i + 2);
        return i + 2;
    }

    private static String lineFault(byte[] scanned, int start, int at) {
        if (at == start && Octets.isSpace(scanned[at])) {
            return "a field line is folded or the first one is indented";
        }
        if (at == start) {
            return "a field has no name";
        }
        return Octets.isSpace(scanned[at])
                ? "a field name is followed by white space"
                : "a field name has a character that may not be there";
    }

    private void add(int start, int nameEnd, int valueStart, int valueEnd, int lineEnd) throws BadMessage {
        if (count == MAX_FIELDS) {
            throw new BadMessage(Failure.HEAD_TOO_LARGE, "there are more than " + MAX_FIELDS + " fields");
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            nameEnds = Arrays.copyOf(nameEnds, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
            kinds = Arrays.copyOf(kinds, count * 2);
        }
        Kind kind = NAMES.kindOf(octets, start, nameEnd);
        starts[count] = start;
        nameEnds[count] = nameEnd;
        ends[count] = lineEnd;
        kinds[count] = kind;
        count++;
        switch (kind) {
            case HOST -> {
                hosts++;
                hostStart = valueStart;
                hostEnd = valueEnd;
                noteSpacing(kind, nameEnd, valueStart, valueEnd, lineEnd);
            }
            case CONTENT_LENGTH -> {
                contentLength(valueStart, valueEnd);
                noteSpacing(kind, nameEnd, valueStart, valueEnd, lineEnd);
            }
            case TRANSFER_ENCODING -> {
                transferEncoding(valueStart, valueEnd);
                noteSpacing(kind, nameEnd, valueStart, valueEnd, lineEnd);
            }
            case LOOKALIKE ->
                throw BadMessage.malformed("a field's name looks like that of Content-Length or Transfer-Encoding");
            case CONNECTION -> connection(valueStart, valueEnd);
            case UPGRADE -> {
                // Inside of HTTP/2 there would be requests that Luma does not see (RFC 9113 section 3.1 has retired
                // it).
                h2c |= Octets.lists(octets, valueStart, valueEnd, H2C);
                upgrade = !h2c;
            }
            case TE -> teTrailers |= Octets.lists(octets, valueStart, valueEnd, TRAILERS);
            case EXPECT -> expect = true;
            case DATE -> date = true;
            case MAX_FORWARDS -> {
                maxForwards++;
                maxForwardsStart = valueStart;
                maxForwardsEnd = valueEnd;
            }
            case ACCEPT ->
                wantsHtml |= Octets.text(octets, valueStart, valueEnd).contains("text/html");
            case REQUEST_ID -> {
                requestIds++;
                requestIdStart = valueStart;
                requestIdEnd = valueEnd;
            }
            case OTHER, END_TO_END, HOP_BY_HOP, FORWARDING -> {}
        }
    }

    /** Copies the value of the first field of that name, if there is one. */
    void copyValue(byte[] name, AccessRecord to, AccessRecord.Text as) {
        int field = find(name);
        if (field >= 0) {
            int from = valueStart(field);
            to.put(as, octets, from, valueEnd(field) - from);
        }
    }

    /** Whether there is a field of that name, which is nothing special and is given in lower case. */
    boolean has(byte[] name) {
        return find(name) >= 0;
    }

    /** Whether the first field of that name says the word, which is given in lower case, in any case. */
    boolean says(byte[] name, byte[] word) {
        int field = find(name);
        return field >= 0 && Octets.says(octets, valueStart(field), valueEnd(field), word);
    }

    private int find(byte[] name) {
        for (int field = 0; field < count; field++) {
            if (kinds[field] == Kind.OTHER && Octets.says(octets, starts[field], nameEnds[field], name)) {
                return field;
            }
        }
        return -1;
    }

    private int valueStart(int field) {
        int from = nameEnds[field] + 1;
        int end = ends[field] - 2;
        while (from < end && Octets.isSpace(octets[from])) {
            from++;
        }
        return from;
    }

    private int valueEnd(int field) {
        int from = nameEnds[field] + 1;
        int end = ends[field] - 2;
        while (end > from && Octets.isSpace(octets[end - 1])) {
            end--;
        }
        return end;
    }

    private void noteSpacing(Kind kind, int nameEnd, int valueStart, int valueEnd, int lineEnd) {
        boolean plain = valueStart == nameEnd + 2 && octets[nameEnd + 1] == ' ' && valueEnd == lineEnd - 2;
        if (!plain) {
            unusual |= kind.bit;
        }
    }

    private void contentLength(int from, int to) throws BadMessage {
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
        if (octets[from] == '0' && to - from > 1) {
            unusual |= Kind.CONTENT_LENGTH.bit;
        }
    }

    private void transferEncoding(int from, int to) throws BadMessage {
        if (transferEncoding) {
            throw BadMessage.malformed("there is more than one Transfer-Encoding");
        }
        transferEncoding = true;
        if (!Octets.says(octets, from, to, CHUNKED)) {
            throw new BadMessage(
                    Failure.NOT_IMPLEMENTED, "the only Transfer-Encoding that is understood is \"chunked\"");
        }
        chunked = true;
        if (!Arrays.equals(octets, from, to, CHUNKED, 0, CHUNKED.length)) {
            unusual |= Kind.TRANSFER_ENCODING.bit;
        }
    }

    private void connection(int from, int to) {
        int i = from;
        while (i < to) {
            int comma = i;
            while (comma < to && octets[comma] != ',') {
                comma++;
            }
            int start = i;
            int end = comma;
            while (start < end && Octets.isSpace(octets[start])) {
                start++;
            }
            while (end > start && Octets.isSpace(octets[end - 1])) {
                end--;
            }
            if (Octets.says(octets, start, end, CLOSE)) {
                connectionClose = true;
            } else if (Octets.says(octets, start, end, KEEP_ALIVE)) {
                connectionKeepAlive = true;
            } else if (Octets.says(octets, start, end, UPGRADE)) {
                connectionUpgrade = true;
            } else if (end > start && NAMES.kindOf(octets, start, end) == Kind.OTHER) {
                nominates = true;
                nominate(start, end);
            }
            i = comma + 1;
        }
    }

    // Nominations are rare; they are kept as offsets in pairs.
    private int[] nominated = new int[8];
    private int nominatedCount;

    private void nominate(int start, int end) {
        if (nominatedCount == nominated.length) {
            nominated = Arrays.copyOf(nominated, nominatedCount * 2);
        }
        nominated[nominatedCount++] = start;
        nominated[nominatedCount++] = end;
    }

    private void finish() throws BadMessage {
        if (transferEncoding && contentLength >= 0) {
            throw BadMessage.malformed("there is both a Content-Length and a Transfer-Encoding");
        }
        if (nominates) {
            for (int field = 0; field < count; field++) {
                if (kinds[field] == Kind.OTHER && isNominated(starts[field], nameEnds[field])) {
                    kinds[field] = Kind.HOP_BY_HOP;
                }
            }
        }
    }

    private boolean isNominated(int start, int end) {
        for (int pair = 0; pair < nominatedCount; pair += 2) {
            int from = nominated[pair];
            if (nominated[pair + 1] - from == end - start && sameName(start, from, end - start)) {
                return true;
            }
        }
        return false;
    }

    private boolean sameName(int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            if (Octets.lower(octets[one + i]) != Octets.lower(octets[other + i])) {
                return false;
            }
        }
        return true;
    }

    private void reset(byte[] scanned) {
        octets = scanned;
        count = 0;
        nominatedCount = 0;
        hosts = 0;
        maxForwards = 0;
        requestIdStart = 0;
        requestIdEnd = 0;
        requestIds = 0;
        contentLength = -1;
        chunked = false;
        connectionClose = false;
        connectionKeepAlive = false;
        connectionUpgrade = false;
        upgrade = false;
        h2c = false;
        teTrailers = false;
        expect = false;
        date = false;
        wantsHtml = false;
        transferEncoding = false;
        nominates = false;
        unusual = 0;
    }

    /** Whether the field of this kind, Host or one that frames, is better written anew than copied. */
    boolean isUnusual(Kind kind) {
        return (unusual & kind.bit) != 0;
    }

    int count() {
        return count;
    }

    Kind kind(int field) {
        return kinds[field];
    }

    /** Lets a field pass that would have been left out. */
    void passOn(int field) {
        kinds[field] = Kind.END_TO_END;
    }

    /** Where the name of the field ends. */
    int nameEnd(int field) {
        return nameEnds[field];
    }

    /** Where the line of the field begins. */
    int start(int field) {
        return starts[field];
    }

    /** Where the line of the field ends, behind its CRLF. */
    int end(int field) {
        return ends[field];
    }

    /** Field names by length, so that most names are told apart from the special ones by one look. */
    private static final class Names {
        private static final int LONGEST = 17;

        private final byte[][][] words = new byte[LONGEST + 1][0][];
        private final Kind[][] kinds = new Kind[LONGEST + 1][0];

        Names add(String name, Kind kind) {
            int length = name.length();
            words[length] = Arrays.copyOf(words[length], words[length].length + 1);
            words[length][words[length].length - 1] = Octets.of(name);
            kinds[length] = Arrays.copyOf(kinds[length], kinds[length].length + 1);
            kinds[length][kinds[length].length - 1] = kind;
            return this;
        }

        Kind kindOf(byte[] octets, int from, int to) {
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
}
