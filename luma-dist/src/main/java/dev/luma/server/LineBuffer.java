package dev.luma.server;

import dev.luma.proxy.AccessRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Lines on their way to the access log, as octets of visible ASCII. What a client has sent goes in escaped: no octet of it
 * can end a line, close a quote or begin a terminal's escape sequence.
 */
final class LineBuffer {

    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final String MARK = "...";

    private byte[] octets = new byte[8192];
    private int length;

    /** Luma's own words, which need no escape. */
    LineBuffer add(String plain) {
        for (int i = 0; i < plain.length(); i++) {
            octet(plain.charAt(i));
        }
        return this;
    }

    LineBuffer add(long number) {
        if (number < 0) {
            return add(Long.toString(number));
        }
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            octets[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Nanoseconds as milliseconds with three decimals. */
    LineBuffer millis(long nanos) {
        long micros = Math.max(0, nanos) / 1000;
        add(micros / 1000);
        octet('.');
        int decimals = (int) (micros % 1000);
        octet('0' + decimals / 100);
        octet('0' + decimals / 10 % 10);
        octet('0' + decimals % 10);
        return this;
    }

    /** A client's text, with three dots where its end is not kept. */
    LineBuffer escaped(AccessRecord record, AccessRecord.Text text, String escape) {
        int kept = record.kept(text);
        for (int i = 0; i < kept; i++) {
            escaped(record.octet(text, i) & 0xff, escape);
        }
        return record.isCut(text) ? add(MARK) : this;
    }

    LineBuffer escaped(String text, String escape) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            escaped(c > 0xff ? '?' : c, escape);
        }
        return this;
    }

    private void escaped(int octet, String escape) {
        if (octet >= ' ' && octet < 0x7f && octet != '"' && octet != '\\') {
            octet(octet);
        } else {
            add(escape);
            octet(HEX[octet >> 4]);
            octet(HEX[octet & 15]);
        }
    }

    private void octet(int octet) {
        room(1);
        octets[length++] = (byte) octet;
    }

    private void room(int more) {
        if (octets.length - length < more) {
            octets = Arrays.copyOf(octets, Math.max(octets.length * 2, length + more));
        }
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    ByteBuffer content() {
        return ByteBuffer.wrap(octets, 0, length);
    }
}
