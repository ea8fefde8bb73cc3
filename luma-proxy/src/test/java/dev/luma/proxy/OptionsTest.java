package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OPTIONS, which may be meant for Luma rather than for an app. */
@Rfc("9110 9.3.7")
class OptionsTest {

    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    /** Whatever the host: it is about the server as a whole, and wakes nobody. */
    @Rfc({"9110 9.3.7", "9112 3.2.4"})
    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS * HTTP/1.1\r\nHost: app.test\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: nobody.test\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n",
                "OPTIONS http://app.test HTTP/1.1\r\nHost: app.test\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: app.test\r\nMax-Forwards: 5\r\n\r\n",
            })
    void answersForTheWholeServer(String request) throws IOException {
        RawClient client = kit.client();
        Message answer = client.ask(request);
        assertEquals(204, answer.status());
        assertEquals(METHODS, answer.field("allow"));
        assertFalse(answer.has("connection"));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals("GET", kit.upstream.onlyRequest().method());
    }

    @Test
    void closesWhereItsBodyWasNotRead() throws IOException {
        RawClient client = kit.client();
        Message answer = client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        assertEquals(204, answer.status());
        assertEquals("close", answer.field("connection"));
        assertEquals("", client.rest());
    }

    @Test
    void answersHttp10AndCloses() throws IOException {
        RawClient client = kit.client();
        assertEquals("close", client.ask("OPTIONS * HTTP/1.0\r\n\r\n").field("connection"));
        assertEquals("", client.rest());
    }

    @Rfc("9110 7.6.2")
    @Test
    void answersWhatMayNotBePassedOn() throws IOException {
        RawClient client = kit.client();
        Message answer = client.ask("OPTIONS /a HTTP/1.1\r\nHost: app.test\r\nMax-Forwards: 0\r\n\r\n");
        assertEquals(204, answer.status());
        assertEquals(METHODS, answer.field("allow"));
        assertEquals(
                404,
                client.ask("OPTIONS /a HTTP/1.1\r\nHost: nobody.test\r\nMax-Forwards: 0\r\n\r\n")
                        .status());
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals("GET", kit.upstream.onlyRequest().method());
    }

    @Rfc("9110 7.6.2")
    @Test
    void passesOnWhatMayGoFurther() throws IOException {
        assertEquals(
                200,
                kit.client()
                        .ask("OPTIONS /a HTTP/1.1\r\nConnection: Max-Forwards\r\nMax-Forwards: 7\r\n" + ProxyKit.HOST
                                + "\r\n")
                        .status());
        assertEquals("6", kit.upstream.onlyRequest().field("max-forwards"));
    }
}
