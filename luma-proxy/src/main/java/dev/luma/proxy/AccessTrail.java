package dev.luma.proxy;

import dev.luma.core.Lease;
import dev.luma.core.Ticker;
import dev.luma.proxy.AccessRecord.End;
import dev.luma.proxy.AccessRecord.Text;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the requests of one client, noted for the access log: one record for each, put in the ring once. Without
 * a log it does nothing and reads no clock. Confined to the connection's loop.
 */
final class AccessTrail {

    private static final byte[] USER_AGENT = Octets.of("user-agent");
    /** CR LF CR LF. */
    private static final int HEAD_END = 0x0d0a0d0a;

    private static final byte[] REFERER = Octets.of("referer");

    private final @Nullable AccessRing ring;
    private final Ticker ticker;
    private final @Nullable AccessRecord record;
    private boolean open;
    private boolean tunnel;
    private boolean relayed;
    private boolean answeredByLuma;
    private long begunNanos;
    private long relayedNanos;
    private long waited;

    AccessTrail(@Nullable AccessRing ring, Ticker ticker) {
        this.ring = ring;
        this.ticker = ticker;
        this.record = ring == null ? null : new AccessRecord();
    }

    /** A head has been read, and is still where it was scanned. */
    void begin(String client, RequestHead head, int length) {
        AccessRecord to = reset(client);
        if (to == null) {
            return;
        }
        byte[] octets = head.octets();
        to.put(Text.METHOD, octets, head.methodStart, head.methodEnd - head.methodStart);
        to.put(Text.TARGET, octets, head.targetStart, head.targetEnd - head.targetStart);
        to.put(Text.VERSION, octets, head.lineEnd - 2 - Text.VERSION.most(), Text.VERSION.most());
        to.put(Text.HOST, octets, head.authorityStart, head.authorityEnd - head.authorityStart);
        head.fields.copyValue(USER_AGENT, to, Text.USER_AGENT);
        head.fields.copyValue(REFERER, to, Text.REFERER);
        to.requestOctets = length;
    }

    /** Luma answers what is no whole head; of its first line is kept what there is, if no request is open already. */
    void beginBroken(String client, Loop loop, @Nullable ByteBuf head) {
        AccessRecord to = open ? null : reset(client);
        if (to == null || head == null) {
            return;
        }
        int length = loop.load(head);
        byte[] octets = loop.scratch();
        to.requestOctets = length;
        int methodEnd = wordEnd(octets, 0, length);
        if (methodEnd > 0) {
            to.put(Text.METHOD, octets, 0, methodEnd);
            int target = Math.min(methodEnd + 1, length);
            int targetEnd = methodEnd < length && octets[methodEnd] == ' ' ? wordEnd(octets, target, length) : target;
            to.put(Text.TARGET, octets, target, targetEnd - target);
        }
    }

    private static int wordEnd(byte[] octets, int start, int end) {
        int at = start;
        while (at < end && octets[at] != ' ' && octets[at] != '\r' && octets[at] != '\n') {
            at++;
        }
        return at;
    }

    private @Nullable AccessRecord reset(String client) {
        AccessRecord to = record;
        if (to != null) {
            to.clear();
            to.client = client;
            open = true;
            tunnel = false;
            waited = 0;
            relayed = false;
            answeredByLuma = false;
            begunNanos = ticker.nanos();
        }
        return to;
    }

    /** How the app, the client and Luma speak of the request. */
    void named(RequestId id) {
        if (open && record != null) {
            id.putIn(record);
        }
    }

    /** The client's address as believed, which trusted proxies may name. */
    void from(String client) {
        if (open && record != null) {
            record.client = client;
        }
    }

    void routed(String project) {
        if (open && record != null) {
            record.project = project;
        }
    }

    /** An instance has been found; again after one that took no connection. */
    void leased(Lease lease) {
        if (open && record != null) {
            waited += lease.waitedNanos();
            record.waitedNanos = waited;
            record.instance = lease.instance().id();
        }
    }

    /** The request goes to the upstream. */
    void relayed() {
        if (open) {
            relayed = true;
            relayedNanos = ticker.nanos();
        }
    }

    /** The head of the answer, more than an interim one, has come. */
    void answered(int status) {
        if (open && record != null) {
            record.status = status;
            record.firstByteNanos = ticker.nanos() - begunNanos;
        }
    }

    /** Luma has answered by itself. */
    void answered(Failure failure, ByteBuf answer) {
        if (open && record != null) {
            answered(failure.status());
            record.reason = failure.name();
            answeredByLuma = true;
            record.bodyOctets = bodyOf(answer);
        }
    }

    private static int bodyOf(ByteBuf answer) {
        int at = answer.readerIndex();
        while (at + 4 <= answer.writerIndex() && answer.getInt(at) != HEAD_END) {
            at++;
        }
        return Math.max(0, answer.writerIndex() - at - 4);
    }

    /** The rest is a tunnel, which ends well whoever ends it. */
    void switched() {
        tunnel = true;
    }

    /** Octets of a request's body, or of a tunnel, on their way to the upstream. */
    void took(int octets) {
        if (open && record != null) {
            record.requestOctets += octets;
        }
    }

    /** Octets of any kind on their way to the client. */
    void sent(int octets) {
        if (open && record != null) {
            record.sentOctets += octets;
            if (tunnel) {
                record.bodyOctets += octets;
            }
        }
    }

    /** Luma ends the request before its answer is whole. */
    void broken(String reason) {
        if (open && record != null) {
            record.reason = reason;
        }
    }

    /** The request is over; what is said of it afterwards has no effect. */
    void end(End end, BodyFraming request, BodyFraming answer) {
        AccessRecord of = record;
        AccessRing to = ring;
        if (!open || of == null || to == null) {
            return;
        }
        open = false;
        of.end = tunnel && end == End.CLIENT_LEFT ? End.COMPLETE : end;
        of.endedNanos = ticker.nanos();
        of.durationNanos = of.endedNanos - begunNanos;
        if (relayed) {
            of.upstreamNanos = of.endedNanos - relayedNanos;
            // What the kernel has moved between the sockets was seen by nobody but the framing.
            of.requestOctets += request.moved();
            of.sentOctets += answer.moved();
            if (!answeredByLuma && !tunnel) {
                of.bodyOctets = answer.content();
            }
        }
        to.offer(of);
    }
}
