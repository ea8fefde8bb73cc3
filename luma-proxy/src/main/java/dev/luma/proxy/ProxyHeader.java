package dev.luma.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a proxy of the transport says of the connection that it passes on: the PROXY protocol, version 1 (a line) and
 * version 2 (binary). Strict, since all that follows is believed to come from whom it names.
 */
final class ProxyHeader {

    /** The longest one that is taken. The addresses need up to 232 octets, the rest is for extras, most of them skipped. */
    static final int LONGEST = 4096;

    private static final byte[] LINE = Octets.of("PROXY ");
    private static final byte[] UNKNOWN = Octets.of("UNKNOWN");
    private static final int LONGEST_LINE = 107;

    private static final byte[] SIGNATURE = Octets.of("\r\n\r\n\0\r\nQUIT\n");
    private static final int PREFIX = 16;
    private static final int CHECKSUM = 0x03;
    private static final int SSL = 0x20;
    private static final int SSL_CLIENT = 1;

    private byte[] octets = {};
    private @Nullable InetAddress source;
    private boolean secure;

    /**
     * Reads one header from the start of the octets.
     *
     * @return its length, or 0 if it is not complete yet
     */
    int scan(byte[] scanned, int end) throws BadMessage {
        octets = scanned;
        source = null;
        secure = false;
        byte[] start = end > 0 && scanned[0] == SIGNATURE[0] ? SIGNATURE : LINE;
        int known = Math.min(end, start.length);
        if (!Arrays.equals(scanned, 0, known, start, 0, known)) {
            throw BadMessage.malformed("the connection does not begin with a PROXY header");
        }
        if (known < start.length) {
            return 0;
        }
        return start == LINE ? scanLine(end) : scanBinary(end);
    }

    /** Whose connection it is; null if it is the proxy's own, or of somebody without an address of IP. */
    @Nullable
    InetAddress source() {
        return source;
    }

    /** Whether the client speaks TLS to the proxy, as far as that is said. */
    boolean isSecure() {
        return secure;
    }

    private int scanLine(int end) throws BadMessage {
        int i = LINE.length;
        while (i < end && octets[i] >= ' ' && octets[i] < 0x7f && i < LONGEST_LINE) {
            i++;
        }
        if (i > LONGEST_LINE - 2 || (i < end && octets[i] != '\r') || (i + 1 < end && octets[i + 1] != '\n')) {
            throw BadMessage.malformed("the PROXY line has no end");
        }
        if (i + 1 >= end) {
            return 0;
        }
        int word = LINE.length + UNKNOWN.length;
        boolean unknown = i >= word
                && Arrays.equals(octets, LINE.length, word, UNKNOWN, 0, UNKNOWN.length)
                && (i == word || octets[word] == ' ');
        if (!unknown) {
            source = source(Octets.text(octets, LINE.length, i).split(" ", -1));
        }
        return i + 2;
    }

    private static InetAddress source(String[] words) throws BadMessage {
        boolean v6 = words[0].equals("TCP6");
        boolean fine = (v6 || words[0].equals("TCP4"))
                && words.length == 5
                && isAddress(words[1], v6)
                && isAddress(words[2], v6)
                && isPort(words[3])
                && isPort(words[4]);
        if (!fine) {
            throw BadMessage.malformed("the PROXY line is malformed");
        }
        return address(NetUtil.createByteArrayFromIpAddressString(words[1]));
    }

    private static boolean isAddress(String word, boolean v6) {
        if (v6) {
            return word.matches("[0-9A-Fa-f:.]+") && NetUtil.isValidIpV6Address(word);
        }
        return NetUtil.isValidIpV4Address(word) && !word.matches("(.*\\.)?0\\d.*");
    }

    private static boolean isPort(String word) {
        return word.matches("0|[1-9]\\d{0,4}") && Integer.parseInt(word) <= 65_535;
    }

    private int scanBinary(int end) throws BadMessage {
        if (end < PREFIX) {
            return 0;
        }
        int version = octets[12] >> 4 & 15;
        int command = octets[12] & 15;
        int length = PREFIX + number(14);
        if (version != 2 || command > 1 || length > LONGEST) {
            throw BadMessage.malformed("the PROXY header is of no kind that is known here");
        }
        if (end < length) {
            return 0;
        }
        if (command == 1) {
            scanAddresses(length);
        }
        return length;
    }

    private void scanAddresses(int end) throws BadMessage {
        int family = octets[13] >> 4 & 15;
        int size = sizeOfAddress(family);
        int extras = PREFIX + 2 * size + (family == 1 || family == 2 ? 4 : 0);
        if (size < 0 || (octets[13] & 15) > 2 || extras > end) {
            throw BadMessage.malformed("the PROXY header has no address of a known kind");
        }
        if (size > 0) {
            scanExtras(extras, end);
        }
        if (family == 1 || family == 2) {
            source = address(Arrays.copyOfRange(octets, PREFIX, PREFIX + size));
        }
    }

    private static int sizeOfAddress(int family) {
        return switch (family) {
            case 0 -> 0;
            case 1 -> 4;
            case 2 -> 16;
            case 3 -> 108; // a path of the file system
            default -> -1;
        };
    }

    private void scanExtras(int start, int end) throws BadMessage {
        int i = start;
        while (i < end) {
            int value = i + 3;
            int next = value > end ? Integer.MAX_VALUE : value + number(i + 1);
            if (next > end) {
                throw BadMessage.malformed("the PROXY header has extras without an end");
            }
            if (octets[i] == SSL && next > value) {
                secure = (octets[value] & SSL_CLIENT) != 0;
            } else if (octets[i] == CHECKSUM) {
                checkSum(value, next, end);
            }
            i = next;
        }
    }

    private void checkSum(int value, int next, int end) throws BadMessage {
        CRC32C sum = new CRC32C();
        sum.update(octets, 0, value);
        sum.update(new byte[4]);
        sum.update(octets, next, end - next);
        if (next - value != 4 || sum.getValue() != ((long) number(value) << 16 | number(value + 2))) {
            throw BadMessage.malformed("the checksum of the PROXY header is wrong");
        }
    }

    private int number(int at) {
        return (octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff);
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalStateException(wrongLength);
        }
    }
}
