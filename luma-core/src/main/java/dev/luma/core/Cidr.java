package dev.luma.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IP addresses, as in {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a single address is a range of one. Names are
 * never looked up.
 *
 * @param high the first 64 bits of the range's first address; IPv4 addresses stand there as IPv6 maps them
 * @param low its last 64 bits
 * @param bits how many of the 128 bits are fixed
 */
public record Cidr(long high, long low, int bits) {

    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(0|[1-9]\\d{0,2}))?");
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final long MAPPED = 0xffffL << 32;
    private static final int MAPPED_BITS = 96;

    /** The range, or empty when the text is none, or has bits behind the fixed ones. */
    public static Optional<Cidr> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String address = matcher.group(1);
        boolean v6 = address.indexOf(':') >= 0;
        if (!v6 && !V4.matcher(address).matches()) {
            return Optional.empty();
        }
        int most = v6 ? 128 : 32;
        int bits = matcher.group(2) == null ? most : Integer.parseInt(matcher.group(2));
        if (bits > most) {
            return Optional.empty();
        }
        try {
            Cidr all = of(InetAddress.getByName(address)); // a literal, which is not looked up
            Cidr range = new Cidr(all.high, all.low, v6 ? bits : MAPPED_BITS + bits);
            return Optional.of(range).filter(Cidr::isFirst);
        } catch (UnknownHostException noAddress) {
            return Optional.empty();
        }
    }

    /** The range of a text that is known to be one. */
    public static Cidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException(text + " is not a range of addresses"));
    }

    private static Cidr of(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length == 4) {
            return new Cidr(0, MAPPED | number(octets, 0, 4), 128);
        }
        return new Cidr(number(octets, 0, 8), number(octets, 8, 16), 128);
    }

    private static long number(byte[] octets, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number << 8 | (octets[i] & 0xff);
        }
        return number;
    }

    private boolean isFirst() {
        return (high & ~highMask()) == 0 && (low & ~lowMask()) == 0;
    }

    /** Whether the address lies in the range. IPv6 as a whole ({@code ::/0}) holds no address of IPv4. */
    public boolean contains(InetAddress address) {
        Cidr other = of(address);
        return other.isV4() == isV4() && (other.high & highMask()) == high && (other.low & lowMask()) == low;
    }

    private boolean isV4() {
        return high == 0 && low >>> 32 == MAPPED >>> 32;
    }

    private long highMask() {
        return bits == 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }

    private long lowMask() {
        return bits <= 64 ? 0 : -1L << (128 - bits);
    }
}
