package dev.luma.proxy;

import dev.luma.proxy.FieldNames.Kind;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes the head that is passed on: the octets that came, in one copy, without what belonged to the hop before (RFC 9110
 * section 7.6.1) and with what this hop says about itself (Via, Forwarded, X-Forwarded-*).
 */
final class HeadWriter {

    private static final byte[] CRLF = Octets.of("\r\n");
    private static final byte[] HTTP_11_LINE_END = Octets.of(" HTTP/1.1\r\n");
    private static final byte[] STATUS_LINE_START = Octets.of("HTTP/1.1 ");
    private static final byte[] HOST = Octets.of("Host: ");
    private static final byte[] MAX_FORWARDS = Octets.of("Max-Forwards: ");
    private static final byte[] CONTENT_LENGTH = Octets.of("Content-Length: ");
    private static final byte[] CHUNKED = Octets.of("Transfer-Encoding: chunked\r\n");
    private static final byte[] VIA = Octets.of("Via: 1.1 luma\r\n");
    private static final byte[] VIA_10 = Octets.of("Via: 1.0 luma\r\n");
    private static final byte[] UPGRADE = Octets.of("Connection: upgrade\r\n");
    private static final byte[] TE_TRAILERS = Octets.of("TE: trailers\r\nConnection: TE\r\n");
    private static final byte[] CLOSE = Octets.of("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Octets.of("Connection: keep-alive\r\n");

    // Sets of kinds, as bits.
    private static final int ONE_HOP = Kind.CONNECTION.bit | Kind.HOP_BY_HOP.bit | Kind.TE.bit;
    private static final int FRAMING = Kind.CONTENT_LENGTH.bit | Kind.TRANSFER_ENCODING.bit;

    private HeadWriter() {}

    /** Writes the head of a request for the upstream. */
    static ByteBuf request(ByteBuf out, RequestHead head, byte[] forwarded, RequestId id) {
        byte[] octets = head.octets();
        writeRequestLine(out, head, octets);
        boolean hostAnew = head.absoluteForm || head.fields.isUnusual(Kind.HOST);
        if (hostAnew) {
            out.writeBytes(HOST);
            out.writeBytes(octets, head.authorityStart, head.authorityEnd - head.authorityStart);
            out.writeBytes(CRLF);
        }
        boolean upgrade = head.isUpgrade();
        int dropped = ONE_HOP
                | Kind.FORWARDING.bit
                | (id.isMade() ? Kind.REQUEST_ID.bit : 0)
                | (upgrade ? 0 : Kind.UPGRADE.bit)
                | (hostAnew ? Kind.HOST.bit : 0)
                | (head.hopsLeft > 0 ? Kind.MAX_FORWARDS.bit : 0)
                | (head.http10 ? Kind.EXPECT.bit : 0);
        writeFields(out, head.fields, octets, head.lineEnd, dropped);
        out.writeBytes(head.http10 ? VIA_10 : VIA);
        out.writeBytes(forwarded);
        if (id.isMade()) {
            id.writeField(out);
        }
        if (head.hopsLeft > 0) {
            out.writeBytes(MAX_FORWARDS).writeBytes(Octets.of(Integer.toString(head.hopsLeft - 1)));
            out.writeBytes(CRLF);
        }
        if (upgrade) {
            out.writeBytes(UPGRADE);
        } else if (head.fields.teTrailers) {
            out.writeBytes(TE_TRAILERS);
        }
        return out.writeBytes(CRLF);
    }

    private static void writeRequestLine(ByteBuf out, RequestHead head, byte[] octets) {
        if (!head.absoluteForm && head.http11) {
            out.writeBytes(octets, head.methodStart, head.lineEnd - head.methodStart);
            return;
        }
        out.writeBytes(octets, head.methodStart, head.methodEnd - head.methodStart);
        out.writeByte(' ');
        if (head.targetStart == head.targetEnd) {
            out.writeByte('/'); // an absolute-form target without a path
        } else if (octets[head.targetStart] == '?') {
            out.writeByte('/');
        }
        out.writeBytes(octets, head.targetStart, head.targetEnd - head.targetStart);
        out.writeBytes(HTTP_11_LINE_END);
    }

    /**
     * Writes the head of a response for the client.
     *
     * @param dropChunked whether the body loses its chunked framing on the way
     * @param date the field line for an answer that has no Date, or nothing
     * @param extra whole field lines of Luma's own
     */
    static ByteBuf response(
            ByteBuf out,
            ResponseHead head,
            boolean dropChunked,
            boolean close,
            boolean sayKeepAlive,
            byte[] date,
            byte[] extra) {
        byte[] octets = head.octets();
        boolean upgraded = head.status == 101;
        out.writeBytes(STATUS_LINE_START);
        int code = head.statusStart + 3;
        out.writeBytes(octets, head.statusStart, 3);
        if (octets[code] != ' ') {
            out.writeByte(' '); // a status line has it even without a reason (RFC 9112 section 4)
        }
        out.writeBytes(octets, code, head.lineEnd - code);
        boolean unframed = head.status < 200 || head.status == 204;
        int dropped = ONE_HOP
                | (upgraded ? 0 : Kind.UPGRADE.bit)
                | (dropChunked ? Kind.TRANSFER_ENCODING.bit : 0)
                | (unframed ? FRAMING : 0);
        writeFields(out, head.fields, octets, head.lineEnd, dropped);
        out.writeBytes(head.http10 ? VIA_10 : VIA);
        out.writeBytes(date);
        out.writeBytes(extra);
        if (upgraded) {
            out.writeBytes(UPGRADE);
        } else if (close) {
            out.writeBytes(CLOSE);
        } else if (sayKeepAlive) {
            out.writeBytes(KEEP_ALIVE);
        }
        return out.writeBytes(CRLF);
    }

    /** Copies the lines that stay, run by run. Those that frame, and are not in their plain form, are written anew. */
    private static void writeFields(ByteBuf out, Fields fields, byte[] octets, int start, int left) {
        int dropped = left;
        if ((left & Kind.CONTENT_LENGTH.bit) == 0 && fields.isUnusual(Kind.CONTENT_LENGTH)) {
            dropped |= Kind.CONTENT_LENGTH.bit;
            out.writeBytes(CONTENT_LENGTH).writeBytes(Octets.of(Long.toString(fields.framing.contentLength)));
            out.writeBytes(CRLF);
        }
        if ((left & Kind.TRANSFER_ENCODING.bit) == 0 && fields.isUnusual(Kind.TRANSFER_ENCODING)) {
            dropped |= Kind.TRANSFER_ENCODING.bit;
            out.writeBytes(CHUNKED);
        }
        int from = start;
        for (int field = 0; field < fields.count(); field++) {
            if ((dropped & fields.kind(field).bit) != 0) {
                out.writeBytes(octets, from, fields.start(field) - from);
                from = fields.end(field);
            }
        }
        if (fields.count() > 0) {
            out.writeBytes(octets, from, fields.end(fields.count() - 1) - from);
        }
    }

    /**
     * The fields that tell the upstream where a request came from; those of RFC 7239 say the same as the usual ones.
     *
     * @param chain the address of the client and of each proxy that it passed, as far as anybody has said
     * @param client the address of the client, as far as it can be believed
     * @param host what the client asked for, or empty
     * @param port on which the client asked, or empty
     */
    static byte[] forwarded(String chain, String client, String scheme, String host, String port) {
        boolean v6 = client.indexOf(':') >= 0;
        String node = v6 ? "\"[" + client + "]\"" : client;
        String lines = "X-Forwarded-For: " + chain + "\r\nX-Forwarded-Proto: " + scheme + "\r\n"
                + (host.isEmpty() ? "" : "X-Forwarded-Host: " + host + "\r\n")
                + (port.isEmpty() ? "" : "X-Forwarded-Port: " + port + "\r\n")
                + "Forwarded: for=" + node + ";proto=" + scheme
                + (host.isEmpty() ? "" : ";host=\"" + host + "\"") + "\r\n";
        return lines.getBytes(StandardCharsets.ISO_8859_1);
    }
}
