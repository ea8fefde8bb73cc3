package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WholeLinesTest {

    private final List<String> pieces = new ArrayList<>();
    private int most = Integer.MAX_VALUE;

    /** Takes no more at a time than {@link #most}, as a channel may. */
    private final WritableByteChannel pipe = new WritableByteChannel() {
        @Override
        public int write(ByteBuffer octets) {
            byte[] taken = new byte[Math.min(most, octets.remaining())];
            octets.get(taken);
            pieces.add(new String(taken, StandardCharsets.US_ASCII));
            return taken.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    };

    private List<String> write(String lines) throws IOException {
        pieces.clear();
        ByteBuffer octets = ByteBuffer.wrap(lines.getBytes(StandardCharsets.US_ASCII));
        WholeLines out = new WholeLines(pipe);
        while (octets.hasRemaining()) {
            int before = octets.position();
            assertEquals(out.write(octets), octets.position() - before);
        }
        return pieces;
    }

    private static String line(int length) {
        return "x".repeat(length - 1) + "\n";
    }

    @Test
    void writesFewLinesAtOnce() throws IOException {
        assertEquals(List.of(line(2000) + line(2096)), write(line(2000) + line(2096)));
    }

    @Test
    void endsEachPieceAtTheEndOfALine() throws IOException {
        String line = line(1000);
        assertEquals(List.of(line.repeat(4), line.repeat(4), line.repeat(2)), write(line.repeat(10)));
        assertEquals(List.of(line(4096), line(2)), write(line(4096) + line(2)));
    }

    @Test
    void writesALongLineAlone() throws IOException {
        assertEquals(
                List.of(line(10), line(5000), line(4097), line(10)),
                write(line(10) + line(5000) + line(4097) + line(10)));
    }

    @Test
    void goesOnWhereAPieceWasNotTakenWhole() throws IOException {
        most = 3000;
        String line = line(4000);
        assertEquals(
                List.of(line.substring(0, 3000), line.substring(3000), line.substring(0, 3000), line.substring(3000)),
                write(line.repeat(2)));
    }
}
