package dev.luma.proxy;

import io.netty.buffer.ByteBuf;

/** Finds the status in the answer to a probe, behind interim answers (RFC 9110 section 15.2), and reads nothing else of it. */
final class ProbeAnswer {

    private static final int MOST = 8 * 1024;

    private final ResponseHead head = new ResponseHead();
    private final byte[] octets = new byte[MOST];
    private int length;

    /**
     * Takes the next octets.
     *
     * @return the status, or 0 if more octets are needed
     * @throws BadMessage if this is not HTTP, or so long that it need not be looked at any further
     */
    int take(ByteBuf next) throws BadMessage {
        while (next.isReadable()) {
            int taken = Math.min(next.readableBytes(), MOST - length);
            next.readBytes(octets, length, taken);
            length += taken;
            int status = status();
            if (status > 0) {
                return status;
            }
            if (length == MOST) {
                throw BadMessage.malformed("the answer has no status in its first octets");
            }
        }
        return 0;
    }

    private int status() throws BadMessage {
        while (head.scanStatus(octets, length)) {
            if (!head.isInterim()) {
                return head.status;
            }
            int interim = head.scan(octets, length);
            if (interim == 0) {
                break;
            }
            length -= interim;
            System.arraycopy(octets, interim, octets, 0, length);
        }
        return 0;
    }
}
