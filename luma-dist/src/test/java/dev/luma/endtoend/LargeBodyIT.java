package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Luma holds a body's bytes for a moment, never the body. */
class LargeBodyIT {

    private static final int GIBIBYTE = 1 << 30;
    private static final byte[] LINE = "luma\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MEBIBYTES_MORE = 96;

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void aGibibyteGoesUpThroughAColdStart() throws Exception {
        App app = App.named("upload");
        luma.start();
        luma.register(app);
        long before = luma.peakMemory();
        MessageDigest sent = MessageDigest.getInstance("MD5");
        InputStream body = new DigestInputStream(new Lines(GIBIBYTE), sent);
        HttpRequest request = luma.request(app, "/cgi-bin/digest")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), GIBIBYTE))
                .build();
        String digest = luma.send(request, BodyHandlers.ofString()).body().strip();
        assertEquals(hex(sent.digest()), digest);
        assertBounded(before);
    }

    @Test
    void aGibibyteComesDownThroughAColdStart() throws Exception {
        App app = App.named("download");
        luma.start();
        luma.register(app);
        long before = luma.peakMemory();
        MessageDigest received = MessageDigest.getInstance("MD5");
        HttpResponse<InputStream> answer =
                luma.send(luma.request(app, "/cgi-bin/flood?" + GIBIBYTE).build(), BodyHandlers.ofInputStream());
        try (InputStream body = new DigestInputStream(answer.body(), received)) {
            assertEquals(GIBIBYTE, body.transferTo(OutputStream.nullOutputStream()));
        }
        MessageDigest expected = MessageDigest.getInstance("MD5");
        try (InputStream lines = new DigestInputStream(new Lines(GIBIBYTE), expected)) {
            lines.transferTo(OutputStream.nullOutputStream());
        }
        assertEquals(hex(expected.digest()), hex(received.digest()));
        assertBounded(before);
    }

    private void assertBounded(long before) throws IOException {
        long more = luma.peakMemory() - before;
        assertTrue(more <= MEBIBYTES_MORE, () -> "Luma took " + more + " MiB more than the " + before + " before");
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    /** The same line over and over, up to a number of bytes. */
    private static final class Lines extends InputStream {
        private final int length;
        private int position;

        Lines(int length) {
            this.length = length;
        }

        @Override
        public int read() {
            return position == length ? -1 : LINE[position++ % LINE.length];
        }

        @Override
        public int read(byte[] target, int offset, int wanted) {
            int count = Math.min(wanted, length - position);
            for (int index = 0; index < count; index++) {
                target[offset + index] = LINE[(position + index) % LINE.length];
            }
            position += count;
            return count == 0 && wanted > 0 ? -1 : count;
        }
    }
}
