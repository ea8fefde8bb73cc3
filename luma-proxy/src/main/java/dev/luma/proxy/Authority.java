package dev.luma.proxy;

import dev.luma.core.ProjectRules;

/** The host of an authority, in the form in which routes are kept (RFC 3986 section 3.2, RFC 9110 section 4.2.3). */
final class Authority {

    private Authority() {}

    /**
     * The host without port and trailing dot, in lower case; an IPv6 literal keeps its brackets. Empty stays empty.
     */
    static String host(byte[] octets, int from, int to) throws BadMessage {
        if (from == to) {
            return "";
        }
        int end = octets[from] == '[' ? literalEnd(octets, from, to) : nameEnd(octets, from, to);
        if (end < to) {
            checkPort(octets, end, to);
        }
        if (end == from) {
            throw BadMessage.malformed("the authority has a port but no host");
        }
        return ProjectRules.canonicalHostname(Octets.text(octets, from, end));
    }

    private static int nameEnd(byte[] octets, int from, int to) throws BadMessage {
        int i = from;
        while (i < to && octets[i] != ':') {
            byte octet = octets[i];
            // What RFC 3986 section 3.2.2 lets a name have.
            boolean fine = (Octets.isToken(octet) && "#^`|".indexOf(octet) < 0) || "()=,;".indexOf(octet) >= 0;
            if (!fine) {
                throw BadMessage.malformed("the host has a character that may not be there");
            }
            i++;
        }
        return i;
    }

    private static int literalEnd(byte[] octets, int from, int to) throws BadMessage {
        int i = from + 1;
        while (i < to && octets[i] != ']') {
            byte octet = octets[i];
            if (Character.digit(octet, 16) < 0 && octet != ':' && octet != '.') {
                throw BadMessage.malformed("the host is no IPv6 address");
            }
            i++;
        }
        if (i == to || i == from + 1) {
            throw BadMessage.malformed("the host is no IPv6 address");
        }
        return i + 1;
    }

    private static void checkPort(byte[] octets, int colon, int to) throws BadMessage {
        boolean fine = octets[colon] == ':' && to - colon <= 6;
        int port = 0;
        for (int i = colon + 1; i < to; i++) {
            fine &= Octets.isDigit(octets[i]);
            port = port * 10 + (octets[i] - '0');
        }
        if (!fine || port > 65_535) {
            throw BadMessage.malformed("the port of the host is no port");
        }
    }
}
