package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Inputs for scanners: written with escapes, and cut short at every octet. */
final class Splits {

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

    static byte[] octets(String escaped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int i = 0;
        if (escaped.startsWith("_")) {
            out.write(' ');
            i++;
        }
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
                case 'x' -> {
                    out.write(Integer.parseInt(escaped.substring(i, i + 2), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("no escape: " + escape);
            }
        }
        return out.toByteArray();
    }
}
