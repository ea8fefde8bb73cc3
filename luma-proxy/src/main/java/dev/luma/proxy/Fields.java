package dev.luma.proxy;

import dev.luma.proxy.FieldNames.Kind;
import java.util.Arrays;

/**
 * The field lines of one head, as offsets into the octets that were scanned; the fields that decide about framing,
 * routing and forwarding are recognised on the way. Strict: what two parsers could read differently is refused (RFC 9112
 * sections 2.2, 5 and 6). One per event loop and direction, used again for each head.
 */
final class Fields {

    private static final int MAX_FIELDS = 256;

    private static final byte[] TRAILERS = Octets.of("trailers");
    private static final byte[] H2C = Octets.of("h2c");

    final FramingFields framing = new FramingFields();
    final ConnectionOptions connection = new ConnectionOptions();
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
    /** Whether there is an Upgrade to something that can be relayed as a tunnel. */
    boolean upgrade;

    private boolean h2c;
    boolean teTrailers;
    boolean expect;
    boolean date;
    boolean wantsHtml;

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
        Kind kind = FieldNames.kindOf(octets, start, nameEnd);
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
                if (!framing.readLength(octets, valueStart, valueEnd)) {
                    unusual |= kind.bit;
                }
                noteSpacing(kind, nameEnd, valueStart, valueEnd, lineEnd);
            }
            case TRANSFER_ENCODING -> {
                if (!framing.readCoding(octets, valueStart, valueEnd)) {
                    unusual |= kind.bit;
                }
                noteSpacing(kind, nameEnd, valueStart, valueEnd, lineEnd);
            }
            case LOOKALIKE ->
                throw BadMessage.malformed("a field's name looks like that of Content-Length or Transfer-Encoding");
            case CONNECTION -> connection.read(valueStart, valueEnd);
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

    private void finish() throws BadMessage {
        framing.check();
        if (connection.nominates()) {
            for (int field = 0; field < count; field++) {
                if (kinds[field] == Kind.OTHER && connection.nominates(starts[field], nameEnds[field])) {
                    kinds[field] = Kind.HOP_BY_HOP;
                }
            }
        }
    }

    private void reset(byte[] scanned) {
        octets = scanned;
        framing.reset();
        connection.reset(scanned);
        count = 0;
        hosts = 0;
        maxForwards = 0;
        requestIdStart = 0;
        requestIdEnd = 0;
        requestIds = 0;
        upgrade = false;
        h2c = false;
        teTrailers = false;
        expect = false;
        date = false;
        wantsHtml = false;
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
}
