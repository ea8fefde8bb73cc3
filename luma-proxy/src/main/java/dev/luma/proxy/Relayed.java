package dev.luma.proxy;

import dev.luma.proxy.FieldNames.Kind;
import dev.luma.proxy.ProxySettings.Front;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a trusted proxy says of the client for which it asks, in the X-Forwarded-* fields of one request. Forwarded (RFC 7239)
 * says the same in other words; many proxies that set the former let the latter through from anybody, so it is never
 * read, but written anew from what is believed.
 */
final class Relayed {

    private static final byte[] FORWARDED = Octets.of("forwarded");
    private static final byte[] FOR = Octets.of("x-forwarded-for");
    private static final byte[] PROTO = Octets.of("x-forwarded-proto");
    private static final byte[] HOST = Octets.of("x-forwarded-host");
    private static final byte[] PORT = Octets.of("x-forwarded-port");
    private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");

    private final Peer peer;
    private final Front front;
    private final StringBuilder chain = new StringBuilder();
    private String scheme;
    private String host;
    private String port = "";
    private final String client;

    /**
     * Reads the fields of a request that came from such a proxy, and marks those that are passed on as they are.
     *
     * @param authority what the request says itself
     */
    Relayed(Peer peer, Front front, RequestHead head, String authority) {
        this.peer = peer;
        this.front = front;
        this.scheme = peer.scheme();
        this.host = authority;
        Fields fields = head.fields;
        for (int field = 0; field < fields.count(); field++) {
            if (fields.kind(field) == Kind.FORWARDING) {
                read(head.octets(), fields, field);
            }
        }
        this.client = client();
    }

    private void read(byte[] octets, Fields fields, int field) {
        int start = fields.start(field);
        int end = fields.nameEnd(field);
        String value = Octets.text(octets, end + 1, fields.end(field) - 2).strip();
        String last = value.substring(value.lastIndexOf(',') + 1).strip();
        if (Octets.says(octets, start, end, FOR)) {
            if (!value.isEmpty()) {
                chain.append(value).append(", ");
            }
        } else if (Octets.says(octets, start, end, PROTO)) {
            String lower = last.toLowerCase(Locale.ROOT);
            scheme = SCHEMES.contains(lower) ? lower : scheme;
        } else if (Octets.says(octets, start, end, HOST)) {
            host = isAuthority(last) ? last : host;
        } else if (Octets.says(octets, start, end, PORT)) {
            port = last.matches("[1-9]\\d{0,4}") && Integer.parseInt(last) <= 65_535 ? last : port;
        } else if (!Octets.says(octets, start, end, FORWARDED) && !hasUnderscore(octets, start, end)) {
            fields.passOn(field);
        }
    }

    private static boolean hasUnderscore(byte[] octets, int start, int end) {
        for (int i = start; i < end; i++) {
            if (octets[i] == '_') {
                return true;
            }
        }
        return false;
    }

    private static boolean isAuthority(String text) {
        try {
            byte[] octets = Octets.of(text);
            return !Authority.host(octets, 0, octets.length).isEmpty();
        } catch (BadMessage malformed) {
            return false;
        }
    }

    /** From the near end of the chain: each trusted proxy is believed whom it names. */
    private String client() {
        String found = peer.address();
        int end = chain.length() - 2;
        while (end > 0) {
            int comma = chain.lastIndexOf(",", end - 1);
            InetAddress named = node(chain.substring(comma + 1, end).strip());
            if (named == null) {
                return found;
            }
            found = NetUtil.toAddressString(named);
            if (!front.trusts(named)) {
                return found;
            }
            end = comma;
        }
        return found;
    }

    /** An address, which some write with a port. Never looked up. */
    private static @Nullable InetAddress node(String text) {
        int colon = text.indexOf(':');
        String address = text;
        if (text.startsWith("[")) {
            address = text.matches("\\[[^\\]]*\\](:\\d{1,5})?") ? text.substring(1, text.indexOf(']')) : "";
        } else if (colon >= 0 && colon == text.lastIndexOf(':')) {
            address = text.substring(colon + 1).matches("\\d{1,5}") ? text.substring(0, colon) : "";
        }
        byte[] octets = address.matches("[0-9A-Fa-f:.]+") ? NetUtil.createByteArrayFromIpAddressString(address) : null;
        try {
            return octets == null ? null : InetAddress.getByAddress(octets);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalStateException(wrongLength);
        }
    }

    /** The address of the client, as far as it can be believed. */
    String clientAddress() {
        return client;
    }

    /** What the app is told. */
    byte[] lines() {
        return HeadWriter.forwarded(chain + peer.address(), client, scheme, host, port);
    }
}
