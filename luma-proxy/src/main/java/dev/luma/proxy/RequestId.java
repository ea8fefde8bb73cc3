package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/**
 * The name of one request, by which a user, an app and Luma's log can speak of the same one. A client's own is kept if it
 * is a plain word; otherwise one is made. One per client's connection, used again for each of its requests.
 */
final class RequestId {

    /** The longest one that is kept. */
    static final int LONGEST = 128;

    private static final int MADE = 16;
    private static final byte[] HEX = Octets.of("0123456789abcdef");
    private static final byte[] FIELD = Octets.of("X-Request-Id: ");
    private static final byte[] LINE_END = Octets.of("\r\n");

    private byte[] octets = new byte[MADE];
    private int length;
    private boolean made;

    /** Takes the one of the request, or makes one. */
    void of(RequestHead head, SplittableRandom numbers) {
        Fields fields = head.fields;
        int size = fields.requestIdEnd - fields.requestIdStart;
        if (fields.requestIds != 1 || size == 0 || size > LONGEST || !isPlain(head.octets(), fields)) {
            make(numbers);
            return;
        }
        if (size > octets.length) {
            octets = new byte[LONGEST];
        }
        System.arraycopy(head.octets(), fields.requestIdStart, octets, 0, size);
        length = size;
        made = false;
    }

    private static boolean isPlain(byte[] head, Fields fields) {
        for (int i = fields.requestIdStart; i < fields.requestIdEnd; i++) {
            if (!Octets.isIdentifier(head[i])) {
                return false;
            }
        }
        return true;
    }

    /** Unique enough to be searched for, and not secret. */
    void make(SplittableRandom numbers) {
        long number = numbers.nextLong();
        for (int i = MADE - 1; i >= 0; i--) {
            octets[i] = HEX[(int) (number & 15)];
            number >>>= 4;
        }
        length = MADE;
        made = true;
    }

    /** Whether the head that came does not have it. */
    boolean isMade() {
        return made;
    }

    void writeField(ByteBuf out) {
        out.writeBytes(FIELD).writeBytes(octets, 0, length).writeBytes(LINE_END);
    }

    void putIn(AccessRecord record) {
        record.put(AccessRecord.Text.REQUEST_ID, octets, 0, length);
    }

    String text() {
        return Octets.text(octets, 0, length);
    }
}
