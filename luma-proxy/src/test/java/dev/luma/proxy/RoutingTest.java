package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the host that a request names to the project (RFC 9112 section 3.2). */
@Rfc("9112 3.2")
class RoutingTest {

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    @Rfc({"9110 7.2", "9110 4.2.3"})
    @ParameterizedTest
    @ValueSource(strings = {"app.test", "APP.Test", "app.test:8080", "app.test.", "App.test.:1", "app.test:"})
    void findsTheProjectByHost(String host) throws IOException {
        assertEquals(
                "ok",
                kit.client().ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").text());
        assertEquals(host, kit.upstream.onlyRequest().field("host"));
    }

    @Rfc("9112 3.2.2")
    @ParameterizedTest
    @CsvSource({
        "http://app.test/a?b, /a?b, app.test",
        "http://APP.test:80, /, APP.test:80",
        "HTTP://app.test?q, /?q, app.test",
    })
    void findsTheProjectByTheAddressAndRewritesHost(String target, String path, String host) throws IOException {
        assertEquals(
                200,
                kit.client()
                        .ask("GET " + target + " HTTP/1.1\r\nHost: other.test\r\n\r\n")
                        .status());
        Message request = kit.upstream.onlyRequest();
        assertEquals("GET " + path + " HTTP/1.1", request.startLine());
        assertEquals(host, request.field("host"));
        assertEquals(host, request.field("x-forwarded-host"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"other.test", "app.test.other", "[::1]:8080", "[::1]", "127.0.0.1", "", "test", "app.test.."})
    void answers404ToAnUnknownHost(String host) throws IOException {
        RawClient client = kit.client();
        Message answer = client.ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertEquals(404, answer.status());
        assertEquals("UNKNOWN_HOST", answer.field("luma-reason"));
        assertFalse(answer.has("connection"));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals(1, kit.upstream.requests().size());
    }

    /** The address wins, so the known host in Host does not help. */
    @Rfc("9112 3.2.2")
    @Test
    void answers404ToAnUnknownAddress() throws IOException {
        assertEquals(
                404,
                kit.client()
                        .ask("GET http://other.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n")
                        .status());
    }

    @Test
    void answers404ToHttp10WithoutHost() throws IOException {
        Message answer = kit.client().ask("GET / HTTP/1.0\r\n\r\n");
        assertEquals(404, answer.status());
        assertEquals("close", answer.field("connection"));
    }

    @Test
    void keepsUpWithChangesOnOneConnection() throws IOException {
        RawClient client = kit.client();
        String late = "GET / HTTP/1.1\r\nHost: late.test\r\n\r\n";
        assertEquals(404, client.ask(late).status());
        kit.register("late", "late.test");
        assertEquals(200, client.ask(late).status());
        kit.projects.remove("late");
        assertEquals(404, client.ask(late).status());
    }

    @Test
    void switchesProjectsOnOneConnection() throws IOException {
        kit.register("two", "two.test");
        RawClient client = kit.client();
        for (String host : new String[] {"app.test", "two.test", "nobody.test", "app.test", "two.test"}) {
            Message answer = client.ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertEquals(host.startsWith("nobody") ? 404 : 200, answer.status());
        }
        assertTrue(kit.upstream.requests().stream()
                .allMatch(request -> request.field("x-forwarded-host").equals(request.field("host"))));
    }
}
