package dev.luma.proxy;

import java.nio.charset.StandardCharsets;

/** Classes of octets as the HTTP grammar names them (RFC 9110 section 5.6.2, RFC 9112 section 3), and small comparisons. */
final class Octets {

    private static final byte TOKEN = 1;
    private static final byte VALUE = 2;
    private static final byte TARGET = 4;
    private static final byte IDENTIFIER = 8;
    private static final byte[] CLASS = classes();

    private Octets() {}

    private static byte[] classes() {
        byte[] table = new byte[256];
        for (int octet = 0; octet < 256; octet++) {
            boolean visible = octet > 0x20 && octet < 0x7f;
            boolean alphanumeric = octet < 0x80 && Character.isLetterOrDigit(octet);
            if (alphanumeric || (visible && "!#$%&'*+-.^_`|~".indexOf(octet) >= 0)) {
                table[octet] |= TOKEN;
            }
            if (visible || octet == ' ' || octet == '\t' || octet >= 0x80) {
                table[octet] |= VALUE;
            }
            if (visible && octet != '#') {
                table[octet] |= TARGET;
            }
            if (alphanumeric || (visible && "-_.~+/=:@".indexOf(octet) >= 0)) {
                table[octet] |= IDENTIFIER;
            }
        }
        return table;
    }

    static boolean isToken(byte octet) {
        return (CLASS[octet & 0xff] & TOKEN) != 0;
    }

    /** Whether the octet may stand in a field value; obs-text may, controls other than HTAB may not. */
    static boolean isFieldValue(byte octet) {
        return (CLASS[octet & 0xff] & VALUE) != 0;
    }

    static boolean isTarget(byte octet) {
        return (CLASS[octet & 0xff] & TARGET) != 0;
    }

    /** Whether the octet is one of which identifiers are made, and means nothing to a log, a shell or a page. */
    static boolean isIdentifier(byte octet) {
        return (CLASS[octet & 0xff] & IDENTIFIER) != 0;
    }

    static boolean isSpace(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    static byte lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? (byte) (octet + 32) : octet;
    }

    /** Whether the range says the word, which is given in lower case, in any case. */
    static boolean says(byte[] octets, int from, int to, byte[] word) {
        if (to - from != word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (lower(octets[from + i]) != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether one element of the comma-separated list says the word, which is given in lower case, in any case. */
    static boolean lists(byte[] octets, int from, int to, byte[] word) {
        int start = from;
        while (start < to) {
            int comma = start;
            while (comma < to && octets[comma] != ',') {
                comma++;
            }
            int end = comma;
            while (start < end && isSpace(octets[start])) {
                start++;
            }
            while (end > start && isSpace(octets[end - 1])) {
                end--;
            }
            if (says(octets, start, end, word)) {
                return true;
            }
            start = comma + 1;
        }
        return false;
    }

    static byte[] of(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    static String text(byte[] octets, int from, int to) {
        return new String(octets, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
