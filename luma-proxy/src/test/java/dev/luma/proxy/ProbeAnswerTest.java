package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The status in the answer to a probe, however it is cut into pieces. */
@Rfc("9112 4")
class ProbeAnswerTest {

    /** Zero if the octets end before there is one. */
    private static int status(List<byte[]> pieces) throws BadMessage {
        ProbeAnswer answer = new ProbeAnswer();
        int status = 0;
        for (byte[] piece : pieces) {
            if (status == 0) {
                status = answer.take(Unpooled.wrappedBuffer(piece));
            }
        }
        return status;
    }

    @Rfc({"9112 4", "9110 15.2"})
    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK\\r\\n, 200",
        "HTTP/1.1 204\\r\\n\\r\\n, 204",
        "HTTP/1.0 302 Found\\r\\nLocation: /\\r\\n\\r\\n, 302",
        "HTTP/1.1 503 Not Yet\\r\\nContent-Length: 3\\r\\n\\r\\nno!, 503",
        "HTTP/1.1 101 Switching Protocols\\r\\n, 101",
        "HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n, 200",
        "HTTP/1.1 103 Early\\r\\nLink: a\\r\\n\\r\\nHTTP/1.1 102 P\\r\\n\\r\\nHTTP/1.1 404 Not Found\\r\\n, 404",
        "HTTP/1.1 200 O, 0",
        "HTTP/1.1 100 Continue\\r\\n\\r\\n, 0",
    })
    void isFoundBehindInterimAnswers(String escaped, int status) throws BadMessage {
        for (List<byte[]> pieces : Splits.cuts(Splits.octets(escaped))) {
            assertEquals(status, status(pieces));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\\r\\n",
                "HTTP/2 200\\r\\n",
                "HTTP/1.1 20 OK\\r\\n",
                "HTTP/1.1  200 OK\\r\\n",
                "HTTP/1.1 200 OK\\nA: b\\n\\n",
                "HTTP/1.1 100 Continue\\r\\nbad field\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n",
                "HTTP/1.1 100 Continue\\r\\n\\r\\n<html>",
            })
    void isInNothingElse(String escaped) {
        for (List<byte[]> pieces : Splits.cuts(Splits.octets(escaped))) {
            assertThrows(BadMessage.class, () -> status(pieces));
        }
    }

    @Test
    void isNotLookedForForEver() throws BadMessage {
        ProbeAnswer answer = new ProbeAnswer();
        assertEquals(0, answer.take(Unpooled.wrappedBuffer(Octets.of("HTTP/1.1 200 " + "a".repeat(4_000)))));
        assertThrows(BadMessage.class, () -> answer.take(Unpooled.wrappedBuffer(Octets.of("a".repeat(5_000)))));
    }

    /** However many there are, as long as each is short. */
    @Test
    void isFoundBehindManyInterimAnswers() throws BadMessage {
        String text = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1_000) + "HTTP/1.1 200 OK\r\n";
        assertEquals(200, new ProbeAnswer().take(Unpooled.wrappedBuffer(Octets.of(text))));
    }
}
