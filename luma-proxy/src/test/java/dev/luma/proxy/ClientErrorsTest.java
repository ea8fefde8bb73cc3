package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that break the rules or ask for what there is not: what they get, and that the upstream gets nothing. */
@Rfc({"9112 2.2", "9112 11.2"})
class ClientErrorsTest {

    private static final String UNKNOWN = "/ HTTP/1.1\r\nHost: nobody\r\n";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
        assertEquals(List.of(), kit.upstream.requests());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | GET / HTTP/1.1\\r\\n\\r\\n",
                "400 | GET / HTTP/1.1\\nHost: app.test\\n\\n",
                "400 | GET / HTTP/1.1\\r\\nHost: app.test\\r\\nHost: app.test\\r\\n\\r\\n",
                "400 | GET / HTTP/1.1\\r\\nHost: me@app.test\\r\\n\\r\\n",
                "400 | GET / HTTP/1.1\\r\\nHost: app.test, app.test\\r\\n\\r\\n",
                "400 | GET http://me@app.test/ HTTP/1.1\\r\\nHost: app.test\\r\\n\\r\\n",
                "400 | POST / HTTP/1.1\\r\\nHost: app.test\\r\\nContent-Length: 1\\r\\nContent-Length: 1\\r\\n\\r\\nx",
                "400 | POST / HTTP/1.1\\r\\nHost: app.test\\r\\nContent-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
                "501 | POST / HTTP/1.1\\r\\nHost: app.test\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
                "400 | POST / HTTP/1.0\\r\\nHost: app.test\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
                "405 | CONNECT app.test:80 HTTP/1.1\\r\\nHost: app.test\\r\\n\\r\\n",
                "405 | TRACE / HTTP/1.1\\r\\nHost: app.test\\r\\n\\r\\n",
                "421 | GET https://app.test/ HTTP/1.1\\r\\nHost: app.test\\r\\n\\r\\n",
                "505 | PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n",
                "400 | \\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03",
            })
    void areRefusedAndLetGo(int status, String escaped) throws IOException {
        RawClient client = kit.client().send(Splits.octets(escaped));
        Message answer = client.response();
        assertEquals(status, answer.status());
        assertEquals("close", answer.field("connection"));
        assertEquals("application/problem+json", answer.field("content-type"));
        assertEquals("", client.rest());
    }

    /** RFC 9110 section 9.3.2: no content, even if all that is known of the request is its method. */
    @Rfc("9110 9.3.2")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | HEAD / HTTP/1.1\\r\\n\\r\\n",
                "505 | HEAD / HTTP/2.0\\r\\n\\r\\n",
                "400 | HEAD / HTTP/1.1\\r\\nHost: me@app.test\\r\\n\\r\\n",
                "421 | HEAD https://app.test/ HTTP/1.1\\r\\nHost: app.test\\r\\n\\r\\n",
            })
    void areRefusedWithoutContentIfTheyWantNone(int status, String escaped) throws IOException {
        RawClient client = kit.client().send(Splits.octets(escaped));
        assertEquals(status, client.responseToHead().status());
        assertEquals("", client.rest());
    }

    /** RFC 9112 section 3 and RFC 6585 section 5. */
    @Rfc({"9112 3", "6585 5"})
    @ParameterizedTest
    @CsvSource({
        "414, TARGET_TOO_LONG, 40000, '', ''",
        // In one piece with the rest, and not as large as a head may be.
        "414, TARGET_TOO_LONG, 17000, ' HTTP/1.1\r\nHost: app.test\r\n\r\n', ''",
        "431, HEAD_TOO_LARGE, 1, ' HTTP/1.1\r\nHost: app.test\r\nX: ', y",
    })
    void areRefusedWhenTheHeadIsTooLarge(int status, String reason, int path, String behind, String value)
            throws IOException {
        RawClient client = kit.client();
        client.send("GET /" + "a".repeat(path) + behind.replace("\\r\\n", "\r\n") + value.repeat(40_000));
        Message answer = client.response();
        assertEquals(status, answer.status());
        assertEquals(reason, answer.field("luma-reason"));
        assertEquals("", client.rest());
    }

    /** RFC 9112 section 2.2: an empty line in front is let pass, and is not the line that is too long. */
    @Rfc({"9112 2.2", "9112 3"})
    @Test
    void areToldThatTheirLineIsTooLongBehindAnEmptyOneToo() throws IOException {
        RawClient client = kit.client().send("\r\nGET /" + "a".repeat(20_000));
        assertEquals(414, client.response().status());
    }

    /** The reset for what a client still sends does not overtake the answer. */
    @Test
    void getTheirAnswerThoughTheyGoOnSending() throws IOException {
        RawClient client = kit.client();
        Background.run(() -> client.send("GET / HTTP/1.1\r\n\r\n" + "x".repeat(2_000_000)));
        assertEquals(400, client.response().status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "image/png, text/html"})
    void getAPageIfTheyAskForOne(String accept) throws IOException {
        Message answer = kit.client().ask("GET " + UNKNOWN + "Accept: " + accept + "\r\n\r\n");
        assertEquals("text/html; charset=utf-8", answer.field("content-type"));
        assertTrue(answer.text().contains("<h1>Not Found</h1>"));
        assertEquals("UNKNOWN_HOST", answer.field("luma-reason"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "application/problem+json"})
    void getAProblemDocumentOtherwise(String accept) throws IOException {
        Message answer = kit.client().ask("GET " + UNKNOWN + "Accept: " + accept + "\r\n\r\n");
        assertEquals("application/problem+json", answer.field("content-type"));
        assertTrue(answer.text().contains("\"status\":404"), answer.text());
    }

    @Test
    void getNoBodyForHead() throws IOException {
        RawClient client = kit.client();
        for (int i = 0; i < 2; i++) {
            client.send("HEAD " + UNKNOWN + "\r\n");
            assertEquals(404, client.responseToHead().status());
        }
        assertEquals(404, client.ask("GET " + UNKNOWN + "\r\n").status());
    }

    /** A body that nobody takes ends the connection, whatever it looks like. */
    @Test
    void cannotHideRequestsInBodiesThatNobodyTakes() throws IOException {
        RawClient client = kit.client().send("POST " + UNKNOWN + "Content-Length: 500\r\n\r\n" + ProxyKit.GET);
        Message answer = client.response();
        assertEquals(404, answer.status());
        assertEquals("close", answer.field("connection"));
        assertEquals("", client.rest());
    }

    /** Luma's own answers wait for the client, too. */
    @Test
    void haveToReadTheAnswersThatTheyAskFor() throws IOException {
        byte[] many = Octets.of(("GET " + UNKNOWN + "\r\n").repeat(1_000));
        Flow flow = new Flow();
        RawClient client = kit.client(16 * 1024);
        Background.run(() -> {
            while (true) {
                client.send(many);
                flow.moved(many.length);
            }
        });
        flow.awaitStandstill();
        Flow.assertBufferedAtMost(kit, 2 << 20);
        for (int i = 0; i < 10_000; i++) {
            assertEquals(404, client.response().status());
        }
        client.reset();
    }
}
