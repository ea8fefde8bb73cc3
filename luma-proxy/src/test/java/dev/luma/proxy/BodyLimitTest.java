package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 15.5.14: bodies larger than the server or the project takes. */
class BodyLimitTest {

    private static final String POST = "POST / HTTP/1.1\r\n" + ProxyKit.HOST;
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

    private static ProxyKit.Options limit(int octets) {
        return ProxyKit.with().settings(usual -> Settings.bound(usual, "requestBody", octets));
    }

    private static void projectTakes(ProxyKit kit, long octets) throws IOException {
        kit.projects.change("app", project -> project.withMaxRequestBody(Optional.of(octets)));
    }

    private static void assertTooLarge(Message answer) {
        assertEquals(413, answer.status());
        assertEquals("BODY_TOO_LARGE", answer.field("luma-reason"));
        assertEquals("close", answer.field("connection"));
    }

    /** RFC 9110 section 10.1.1: with Expect, the final answer comes in place of the 100. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Expect: 100-continue\r\n"})
    void aLengthThatIsTooLargeIsRefusedUnreadAndWakesNobody(String expect) throws IOException {
        try (ProxyKit kit = limit(10).cold().start()) {
            RawClient client = kit.client().send(POST + expect + "Content-Length: 11\r\n\r\n");
            assertTooLarge(client.response());
            assertEquals(-1, client.in().read());
            client.send("the client goes on");
            assertEquals(0, kit.runtime.starts());
            assertEquals(0, kit.waiting());
        }
    }

    @Test
    void aLengthAtTheLimitIsTaken() throws IOException {
        try (ProxyKit kit = limit(10).start()) {
            RawClient client = kit.client();
            assertEquals(
                    200,
                    client.ask(POST + "Content-Length: 10\r\n\r\n0123456789").status());
            assertEquals(200, client.ask(ProxyKit.GET).status());
            assertEquals("0123456789", kit.upstream.requests().get(0).text());
        }
    }

    /** What was sent of it is not a whole request, and its connection serves nobody else. */
    @Test
    void chunksAreCountedOnTheirWay() throws IOException {
        CompletableFuture<String> got = new CompletableFuture<>();
        try (ProxyKit kit = limit(10).start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                got.complete(connection.untilEnd());
            });
            RawClient client = kit.client().send(CHUNKED + "6\r\n012345\r\n");
            ProxyKit.await(() -> kit.upstream.requests().size() == 1);
            client.send("5\r\n6789A\r\n");
            assertTooLarge(client.response());
            assertEquals(-1, client.in().read());
            String octets = got.orTimeout(10, TimeUnit.SECONDS).join();
            assertFalse(octets.contains("0\r\n\r\n"), octets);
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
            assertEquals(2, kit.upstream.connections().size());
        }
    }

    @Test
    void chunksUpToTheLimitAreTaken() throws IOException {
        try (ProxyKit kit = limit(10).start()) {
            RawClient client = kit.client();
            assertEquals(
                    200,
                    client.ask(CHUNKED + "6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n")
                            .status());
            assertEquals("0123456789", kit.upstream.onlyRequest().text());
            assertEquals(
                    200, client.ask(CHUNKED + "a\r\n0123456789\r\n0\r\n\r\n").status());
        }
    }

    /** RFC 9112 section 8: an answer that has begun must not look whole. */
    @Test
    void anAnswerThatHasBegunIsCut() throws IOException {
        try (ProxyKit kit = limit(10).start()) {
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc");
                connection.untilEnd();
            });
            RawClient client = kit.client().send(CHUNKED);
            assertEquals(200, client.reader().responseHead().status());
            client.send("b\r\n0123456789A\r\n");
            assertTrue(client.rest().endsWith("<reset>"));
        }
    }

    @Test
    void aProjectHasItsOwnLimitAtOnce() throws IOException {
        try (ProxyKit kit = limit(10).start()) {
            RawClient client = kit.client();
            String twelve = POST + "Content-Length: 12\r\n\r\n0123456789AB";
            projectTakes(kit, 12);
            assertEquals(200, client.ask(twelve).status());
            projectTakes(kit, 0);
            assertEquals(200, client.ask(twelve).status());
            projectTakes(kit, 11);
            assertTooLarge(client.ask(twelve));
            assertEquals(2, kit.upstream.requests().size());
            assertEquals(1, kit.runtime.starts());
        }
    }

    @Test
    void withoutALimitNothingIsTooLarge() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            byte[] body = new byte[3_000_000];
            RawClient client = kit.client().send(POST + "Content-Length: " + body.length + "\r\n\r\n");
            client.send(body);
            assertEquals(200, client.response().status());
        }
    }
}
