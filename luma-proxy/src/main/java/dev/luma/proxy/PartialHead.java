package dev.luma.proxy;

import io.netty.buffer.ByteBuf;

/**
 * A request's head that comes in pieces: how far it has been looked at, when to look again, and when it is too long to be
 * taken. Confined to its connection's loop.
 */
final class PartialHead {

    private final ProxySettings.Bounds bounds;
    /** How many of the octets are known not to complete a head. */
    private int searched;

    /** With how many of them the request line or the head is as long as it may be, and is not over. */
    private int decisive;

    PartialHead(ProxySettings.Bounds bounds) {
        this.bounds = bounds;
    }

    boolean isUnderWay() {
        return searched > 0;
    }

    /** The head is complete, or nobody waits for it any more. */
    void clear() {
        searched = 0;
    }

    /** A quick look at the new octets, so that a head that trickles in is not scanned again for each of them. */
    boolean mayBeComplete(ByteBuf in, boolean inputEnded) {
        int end = in.indexOf(in.readerIndex() + searched, in.writerIndex(), (byte) '\n');
        searched = in.readableBytes();
        return end >= 0 || inputEnded || searched >= decisive;
    }

    /** What has been scanned is not complete: refused if so much of it is here that it will not be taken. */
    void goesOn(ByteBuf in, int scanned) throws BadMessage {
        int start = in.readerIndex();
        int before = scanned > 1 && in.getByte(start + 1) == '\n' ? 2 : 0; // an empty line, which is let pass
        int mostOfLine = before + bounds.requestLine();
        boolean inLine = in.indexOf(start + before, start + Math.min(scanned, mostOfLine), (byte) '\n') < 0;
        if (inLine && scanned >= mostOfLine) {
            throw lineTooLong();
        }
        if (scanned == bounds.head()) {
            throw new BadMessage(
                    Failure.HEAD_TOO_LARGE, "the request's head is larger than " + bounds.head() + " octets");
        }
        decisive = inLine ? Math.min(mostOfLine, bounds.head()) : bounds.head();
        searched = scanned;
    }

    /** Refuses a complete head whose first line is too long. */
    void checkLine(RequestHead head) throws BadMessage {
        if (head.lineEnd > bounds.requestLine()) {
            throw lineTooLong();
        }
    }

    private BadMessage lineTooLong() {
        return new BadMessage(
                Failure.TARGET_TOO_LONG, "the request line is longer than " + bounds.requestLine() + " octets");
    }
}
