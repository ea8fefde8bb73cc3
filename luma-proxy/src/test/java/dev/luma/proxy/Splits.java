package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Inputs for scanners: written with escapes, and cut at every octet. */
final class Splits {

    private static final int LONG = 600;

    /** Into how many places one input is cut where each way needs a connection; -Dluma.splits=600 cuts everywhere. */
    private static final int SAMPLE = Integer.getInteger("luma.splits", 8);

    private Splits() {}

    /** Something that reads a head from octets: its length, or 0 if there is more to come. */
    interface Scanner {
        int scan(byte[] octets) throws BadMessage;
    }

    /**
     * The status of the refusal, which has to be the same however few octets it takes: what is refused is refused at some
     * octet, is not accepted before, and stays refused whatever follows.
     *
     * @param escaped with \r \n \t \0 \xNN for what they usually mean, and a leading _ for a space
     */
    static int refusal(String escaped, Scanner scanner) {
        byte[] octets = octets(escaped);
        int status = 0;
        for (int end = 0; end <= octets.length; end++) {
            try {
                assertEquals(0, scanner.scan(Arrays.copyOf(octets, end)), "accepted after " + end + " octets");
                assertEquals(0, status, "refused, and then not any more after " + end + " octets");
            } catch (BadMessage bad) {
                int now = bad.failure().status();
                assertEquals(status == 0 ? now : status, now, "refused for another reason after " + end + " octets");
                status = now;
            }
        }
        return status == 0 ? fail("was not refused") : status;
    }

    /** The octets in every way in which tests give them: whole, in two pieces at every octet, and each octet alone. */
    static List<List<byte[]>> cuts(byte[] octets) {
        // Of what is very long, only because much of it is the same, not every octet.
        return cuts(octets, 1 + octets.length / LONG, 1 + octets.length / LONG);
    }

    /** Some of the {@link #cuts}, the same in every run, for ways that take their time: whole, in two, and each octet alone. */
    static List<List<byte[]>> someCuts(byte[] octets) {
        return cuts(octets, 1 + octets.length / SAMPLE, 1 + octets.length / LONG);
    }

    private static List<List<byte[]>> cuts(byte[] octets, int between, int step) {
        List<List<byte[]>> ways = new ArrayList<>();
        ways.add(List.of(octets));
        for (int cut = 1; cut < octets.length; cut += between) {
            ways.add(List.of(Arrays.copyOf(octets, cut), Arrays.copyOfRange(octets, cut, octets.length)));
        }
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < octets.length; from += step) {
            pieces.add(Arrays.copyOfRange(octets, from, Math.min(octets.length, from + step)));
        }
        ways.add(pieces);
        return ways;
    }

    static byte[] octets(String escaped) {
        return escaped.startsWith("_") ? unescape(" " + escaped.substring(1)) : unescape(escaped);
    }

    /** With \r \n \t \0 \\ \xNN for what they usually mean, and \*N(text) for a text N times. */
    static byte[] unescape(String escaped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int i = 0;
        while (i < escaped.length()) {
            char letter = escaped.charAt(i++);
            if (letter != '\\') {
                out.write(letter);
                continue;
            }
            char escape = escaped.charAt(i++);
            switch (escape) {
                case 'r' -> out.write('\r');
                case 'n' -> out.write('\n');
                case 't' -> out.write('\t');
                case '0' -> out.write(0);
                case '\\' -> out.write('\\');
                case 'x' -> {
                    out.write(Integer.parseInt(escaped.substring(i, i + 2), 16));
                    i += 2;
                }
                case '*' -> {
                    int open = escaped.indexOf('(', i);
                    int close = escaped.indexOf(')', i);
                    byte[] text = unescape(escaped.substring(open + 1, close));
                    for (int left = Integer.parseInt(escaped.substring(i, open)); left > 0; left--) {
                        out.writeBytes(text);
                    }
                    i = close + 1;
                }
                default -> throw new IllegalArgumentException("no escape: " + escape);
            }
        }
        return out.toByteArray();
    }

    /** The reverse of {@link #unescape}, with a line of its own for each line. */
    static String escape(byte[] octets) {
        StringBuilder escaped = new StringBuilder();
        for (byte octet : octets) {
            switch (octet) {
                case '\r' -> escaped.append("\\r");
                case '\n' -> escaped.append("\\n\n");
                case '\t' -> escaped.append("\\t");
                case '\\' -> escaped.append("\\\\");
                case '#' -> escaped.append("\\x23"); // which would begin a note
                default ->
                    escaped.append(
                            octet >= ' ' && octet < 127
                                    ? String.valueOf((char) octet)
                                    : String.format("\\x%02x", octet));
            }
        }
        return escaped.toString();
    }
}
