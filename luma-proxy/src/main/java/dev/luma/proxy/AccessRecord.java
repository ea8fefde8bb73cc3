package dev.luma.proxy;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the access log tells of one exchange. Of fixed size and made to be used again: what a client sends is copied up to
 * a bound, and filling one in allocates nothing. Not safe for use by two threads at a time.
 */
public final class AccessRecord {

    /** How an exchange ended. */
    public enum End {
        /** The whole answer was passed on. */
        COMPLETE,
        /** The client went before it had its answer. */
        CLIENT_LEFT,
        /** The upstream broke off within its answer. */
        UPSTREAM_CUT,
        /** Luma broke off within the answer: a time ran out, the request's body was broken, or Luma stopped. */
        LUMA_CUT
    }

    /** The octets that are the client's own words, or may be, with the most that is kept of each. */
    public enum Text {
        METHOD(0, 0, 16),
        TARGET(1, 16, 512),
        VERSION(2, 528, 8),
        HOST(3, 536, 128),
        USER_AGENT(4, 664, 256),
        REFERER(5, 920, 256),
        /** The client's own, or the one that Luma made. */
        REQUEST_ID(6, 1176, 128);

        private static final Text[] ALL = values();

        private final int index;
        private final int start;
        private final int most;

        Text(int index, int start, int most) {
            this.index = index;
            this.start = start;
            this.most = most;
        }

        /** The most octets that are kept. */
        public int most() {
            return most;
        }
    }

    /** A number that is not known. */
    public static final long UNKNOWN = -1;

    private final byte[] octets = new byte[Text.REQUEST_ID.start + Text.REQUEST_ID.most];
    /** The length of each text as it was sent, which may be more than is kept; -1 where there was none. */
    private final int[] lengths = new int[Text.ALL.length];

    public @Nullable String client;
    public @Nullable String project;
    public @Nullable String instance;
    /** Why Luma answered by itself, or broke off. */
    public @Nullable String reason;

    public End end = End.COMPLETE;
    /** 0 where nothing was answered. */
    public int status;
    /** By the ticker. */
    public long endedNanos;

    public long durationNanos;
    public long waitedNanos;
    public long firstByteNanos;
    public long upstreamNanos;
    public long requestOctets;
    public long bodyOctets;
    public long sentOctets;

    public AccessRecord() {
        clear();
    }

    /** Forgets everything. */
    public void clear() {
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = -1;
        }
        client = null;
        project = null;
        instance = null;
        reason = null;
        end = End.COMPLETE;
        status = 0;
        endedNanos = 0;
        durationNanos = UNKNOWN;
        waitedNanos = UNKNOWN;
        firstByteNanos = UNKNOWN;
        upstreamNanos = UNKNOWN;
        requestOctets = 0;
        bodyOctets = 0;
        sentOctets = 0;
    }

    /** Copies what was sent, up to the bound. */
    public void put(Text text, byte[] from, int start, int length) {
        lengths[text.index] = length;
        System.arraycopy(from, start, octets, text.start, Math.min(length, text.most));
    }

    /** Whether the client sent it at all. */
    public boolean has(Text text) {
        return lengths[text.index] >= 0;
    }

    /** How much of it is kept. */
    public int kept(Text text) {
        return Math.min(Math.max(0, lengths[text.index]), text.most);
    }

    public boolean isCut(Text text) {
        return lengths[text.index] > text.most;
    }

    public byte octet(Text text, int index) {
        return octets[text.start + index];
    }

    /** The text as Latin-1, for reading in tests and messages. */
    public String string(Text text) {
        return new String(octets, text.start, kept(text), StandardCharsets.ISO_8859_1);
    }

    /** Becomes what the other one is. */
    public void set(AccessRecord other) {
        for (Text text : Text.ALL) {
            int index = text.index;
            lengths[index] = other.lengths[index];
            System.arraycopy(other.octets, text.start, octets, text.start, kept(text));
        }
        client = other.client;
        project = other.project;
        instance = other.instance;
        reason = other.reason;
        end = other.end;
        status = other.status;
        endedNanos = other.endedNanos;
        durationNanos = other.durationNanos;
        waitedNanos = other.waitedNanos;
        firstByteNanos = other.firstByteNanos;
        upstreamNanos = other.upstreamNanos;
        requestOctets = other.requestOctets;
        bodyOctets = other.bodyOctets;
        sentOctets = other.sentOctets;
    }
}
