package dev.luma.proxy;

import dev.luma.proxy.FieldNames.Kind;
import java.util.Arrays;

/**
 * What the Connection fields of one head list: options that are known here, and names of fields that belong to this hop
 * only (RFC 9110 section 7.6.1).
 */
final class ConnectionOptions {

    private static final byte[] CLOSE = Octets.of("close");
    private static final byte[] KEEP_ALIVE = Octets.of("keep-alive");
    private static final byte[] UPGRADE = Octets.of("upgrade");

    private byte[] octets = {};
    boolean close;
    boolean keepAlive;
    boolean upgrade;

    // Nominations are rare; they are kept as offsets in pairs.
    private int[] nominated = new int[8];
    private int nominatedCount;

    void reset(byte[] scanned) {
        octets = scanned;
        close = false;
        keepAlive = false;
        upgrade = false;
        nominatedCount = 0;
    }

    /** Reads the value of one of the fields. */
    void read(int from, int to) {
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
                close = true;
            } else if (Octets.says(octets, start, end, KEEP_ALIVE)) {
                keepAlive = true;
            } else if (Octets.says(octets, start, end, UPGRADE)) {
                upgrade = true;
            } else if (end > start && FieldNames.kindOf(octets, start, end) == Kind.OTHER) {
                nominate(start, end);
            }
            i = comma + 1;
        }
    }

    private void nominate(int start, int end) {
        if (nominatedCount == nominated.length) {
            nominated = Arrays.copyOf(nominated, nominatedCount * 2);
        }
        nominated[nominatedCount++] = start;
        nominated[nominatedCount++] = end;
    }

    /** Whether any field is said to belong to this hop only. */
    boolean nominates() {
        return nominatedCount > 0;
    }

    /** Whether the field is whose name stands there. */
    boolean nominates(int start, int end) {
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
}
