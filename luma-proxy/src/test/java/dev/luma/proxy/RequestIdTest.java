package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One name of a request for its user, its app and Luma. */
class RequestIdTest {

    private final RequestHead head = new RequestHead();
    private final RequestId id = new RequestId();
    private final SplittableRandom numbers = new SplittableRandom(1);

    private void read(String fields) throws BadMessage {
        byte[] octets = ("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(octets.length, head.scan(octets, octets.length));
        id.of(head, numbers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7f9c24e8-3b12-4fd1-9a7e-0c2d5b6a8e11",
                "Root=1-67891233-abcdef012345678912345678",
                "c2Vzc2lvbg+/==",
                "svc:web@host~1.2_3"
            })
    void keepsAPlainWordOfTheClient(String word) throws BadMessage {
        read("x-request-id: " + word + " \r\n");
        assertEquals(word, id.text());
        assertFalse(id.isMade());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X-Request-Id:\r\n",
                "X-Request-Id: a b\r\n",
                "X-Request-Id: a\tb\r\n",
                "X-Request-Id: a,b\r\n",
                "X-Request-Id: \"a\"\r\n",
                "X-Request-Id: a\\b\r\n",
                "X-Request-Id: <b>\r\n",
                "X-Request-Id: ${jndi}\r\n",
                "X-Request-Id: \u00e4\r\n",
                "X-Request-Id: a\r\nX-Request-Id: a\r\n",
                "X_Request_Id: a\r\n",
            })
    void makesOneInPlaceOfAnythingElse(String fields) throws BadMessage {
        read(fields);
        assertTrue(id.isMade());
        assertTrue(id.text().matches("[0-9a-f]{16}"), id.text());
    }

    @ParameterizedTest
    @CsvSource({"128, false", "129, true"})
    void keepsNoneThatIsTooLong(int length, boolean made) throws BadMessage {
        read("X-Request-Id: " + "a".repeat(length) + "\r\n");
        assertEquals(made, id.isMade());
        assertEquals(made ? 16 : length, id.text().length());
    }

    @Test
    void makesAnotherOneEachTime() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            id.make(numbers);
            ids.add(id.text());
        }
        assertEquals(1_000, ids.size());
    }

    @Test
    void isUsedAgainWithoutMemory() throws BadMessage {
        read("X-Request-Id: " + "a".repeat(100) + "\r\n");
        read("X-Request-Id: b\r\n");
        assertEquals("b", id.text());
        read("");
        assertTrue(id.isMade());
    }

    @Test
    void goesToTheAppAndOnToAnAnswerOfLuma() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            RawClient client = kit.client();
            client.ask(ProxyKit.GET);
            client.ask("GET / HTTP/1.1\r\nConnection: X-Request-Id\r\nX-Request-Id: mine\r\n" + ProxyKit.HOST + "\r\n");
            assertTrue(kit.upstream.requests().get(0).field("x-request-id").matches("[0-9a-f]{16}"));
            assertEquals("mine", kit.upstream.requests().get(1).field("x-request-id"));
            String unknown = "GET / HTTP/1.1\r\nHost: nobody\r\n";
            assertEquals(
                    "mine", client.ask(unknown + "X-Request-Id: mine\r\n\r\n").field("x-request-id"));
            String first = client.ask(unknown + "\r\n").field("x-request-id");
            assertNotEquals(first, client.ask("garbage\r\n\r\n").field("x-request-id"));
        }
    }

    @Test
    void isTheSameForAnAppThatFailsAndInTheAnswerThatSaysSo() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("nonsense\r\n\r\n");
            });
            Message answer = kit.client().ask(ProxyKit.GET);
            assertEquals(502, answer.status());
            assertEquals(kit.upstream.onlyRequest().field("x-request-id"), answer.field("x-request-id"));
        }
    }
}
