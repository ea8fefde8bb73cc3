package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 9112 section 6.3: where a body ends. */
@Rfc("9112 6.3")
class BodyFramingTest {

    private final BodyFraming body = new BodyFraming();

    private int measure(String octets) throws BadMessage {
        return body.measure(Unpooled.copiedBuffer(octets, StandardCharsets.ISO_8859_1));
    }

    @Test
    void hasNothingWhenThereIsNoBody() throws BadMessage {
        body.none();
        assertTrue(body.isDone());
        assertEquals(0, measure("GET"));
    }

    @Test
    void counts() throws BadMessage {
        body.counted(5);
        assertEquals(3, measure("abc"));
        assertFalse(body.isDone());
        assertEquals(2, measure("deGET"));
        assertTrue(body.isDone());
        assertEquals(0, measure("GET"));
    }

    @Test
    void goesOnUntilTheConnectionEnds() throws BadMessage {
        body.untilClose();
        assertEquals(3, measure("abc"));
        assertTrue(body.isUntilClose());
        assertFalse(body.isDone());
    }

    @Test
    void stopsBehindTheLastChunk() throws BadMessage {
        body.chunked();
        assertEquals(4, measure("2\r\na"));
        assertFalse(body.isUntilClose());
        assertEquals(8, measure("b\r\n0\r\n\r\nGET"));
        assertTrue(body.isDone());
    }

    @Test
    void boundsTheContentOfChunksAndNotTheirFraming() throws BadMessage {
        body.chunked();
        body.atMost(3);
        assertEquals(17, measure("2;any=thing\r\nab\r\n"));
        BadMessage tooMuch = assertThrows(BadMessage.class, () -> measure("2\r\ncd\r\n"));
        assertEquals(Failure.BODY_TOO_LARGE, tooMuch.failure());
    }

    @Test
    void takesAsMuchAsMayBe() throws BadMessage {
        body.chunked();
        body.atMost(3);
        assertEquals(18, measure("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
        assertTrue(body.isDone());
    }

    @Test
    void forgetsTheBodyBefore() throws BadMessage {
        body.chunked();
        body.counted(2);
        assertEquals(2, measure("abc"));
        body.untilClose();
        assertEquals(3, measure("abc"));
        body.none();
        assertTrue(body.isDone());
    }

    /** RFC 9112 section 7.1.3, at every cut. */
    @Rfc("9112 7.1.3")
    @Test
    void takesChunksApart() throws BadMessage {
        String all = "5;a=b\r\nhello\r\n01\r\n \r\n5\r\nworld\r\n0\r\nX-T: 1\r\n\r\n";
        for (List<byte[]> pieces : Splits.cuts(Octets.of(all + "GET"))) {
            body.chunked();
            StringBuilder content = new StringBuilder();
            for (byte[] piece : pieces) {
                content.append(contents(piece));
            }
            assertEquals("hello world", content.toString(), () -> "first " + pieces.get(0).length);
            assertTrue(body.isDone());
        }
    }

    private String contents(byte[] octets) throws BadMessage {
        ByteBuf in = Unpooled.copiedBuffer(octets);
        StringBuilder contents = new StringBuilder();
        for (ByteBuf piece = body.nextContent(in); piece != null; piece = body.nextContent(in)) {
            contents.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }
        in.release();
        return contents.toString();
    }
}
