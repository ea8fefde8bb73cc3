package dev.luma.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Takes as many whole lines at a time as a pipe takes in one piece, so that what others write to the same pipe comes
 * between lines and not within one. A line that is longer goes alone.
 */
record WholeLines(WritableByteChannel out) implements WritableByteChannel {

    /** The least that POSIX lets PIPE_BUF be is 512; it is this on Linux (pipe(7)). */
    private static final int PIECE = 4096;

    @Override
    public int write(ByteBuffer lines) throws IOException {
        int end = lines.limit();
        lines.limit(endOfPiece(lines));
        try {
            return out.write(lines);
        } finally {
            lines.limit(end);
        }
    }

    private static int endOfPiece(ByteBuffer lines) {
        int most = Math.min(lines.limit(), lines.position() + PIECE);
        if (most == lines.limit()) {
            return most;
        }
        for (int i = most; i > lines.position(); i--) {
            if (lines.get(i - 1) == '\n') {
                return i;
            }
        }
        for (int i = most; i < lines.limit(); i++) {
            if (lines.get(i) == '\n') {
                return i + 1;
            }
        }
        return lines.limit();
    }

    @Override
    public boolean isOpen() {
        return out.isOpen();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
