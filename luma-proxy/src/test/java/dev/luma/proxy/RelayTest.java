package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and answers of every shape through a warm project. */
@Rfc("9112 6")
class RelayTest {

    static final String CHUNKED = "5;ext\r\nhello\r\n6\r\n world\r\n0\r\n";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = start(ProxyKit.with());
    }

    /** Another transport overrides this. */
    ProxyKit start(ProxyKit.Options options) throws IOException {
        return options.start();
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    private static String post(String fields, String body) {
        return "POST /p HTTP/1.1\r\n" + ProxyKit.HOST + fields + "\r\n" + body;
    }

    private static String answer(String fields, String body) {
        return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
    }

    @Rfc("9112 9.3")
    @Test
    void keepsBothConnectionsForManyRequests() throws IOException {
        RawClient client = kit.client();
        for (int i = 0; i < 200; i++) {
            assertEquals(
                    "ok",
                    client.ask("GET /" + i + " HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n")
                            .text());
        }
        assertEquals(1, kit.upstream.connections().size());
        assertEquals(200, kit.upstream.requests().size());
        assertEquals(1, kit.idleUpstreamConnections());
    }

    /** A crowd that comes back does not pay for new connections each time. */
    @Test
    void keepsAsManyUpstreamConnectionsAsACrowdNeeds() throws IOException {
        int crowd = 200;
        CountDownLatch all = new CountDownLatch(1);
        kit.upstream.serve(connection -> {
            connection.request();
            RecordingUpstream.await(all);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            connection.untilEnd();
        });
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            clients.add(kit.client().send(ProxyKit.GET));
        }
        ProxyKit.await(() -> kit.upstream.connections().size() == crowd);
        all.countDown();
        for (RawClient client : clients) {
            assertEquals("ok", client.response().text());
        }
        assertEquals(crowd, kit.idleUpstreamConnections());
    }

    @Test
    void sharesOneUpstreamConnectionBetweenClientsInTurn() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
        }
        assertEquals(1, kit.upstream.connections().size());
    }

    /** RFC 9112 section 9.3.2. */
    @Rfc("9112 9.3.2")
    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        kit.upstream.answer(
                request -> answer("Content-Length: 3\r\n", request.target().substring(1)));
        StringBuilder all = new StringBuilder();
        for (int i = 100; i < 200; i++) {
            all.append("GET /")
                    .append(i)
                    .append(" HTTP/1.1\r\n")
                    .append(ProxyKit.HOST)
                    .append("\r\n");
        }
        RawClient client = kit.client().send(all.toString());
        for (int i = 100; i < 200; i++) {
            assertEquals(String.valueOf(i), client.response().text());
        }
        assertEquals(1, kit.upstream.connections().size());
    }

    @Rfc("9112 9.3.2")
    @Test
    void answersPipelinedRequestsWithBodiesInOrder() throws IOException {
        kit.upstream.answer(request -> answer("Content-Length: " + request.body().length + "\r\n", request.text()));
        RawClient client = kit.client()
                .send(post("Content-Length: 3\r\n", "one")
                        + post("Transfer-Encoding: chunked\r\n", CHUNKED + "\r\n")
                        + "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n"
                        + post("Content-Length: 5\r\n", "three"));
        assertEquals("one", client.response().text());
        assertEquals("hello world", client.response().text());
        assertEquals(404, client.response().status());
        assertEquals("three", client.response().text());
    }

    @Test
    void relaysARequestInPiecesOfOneOctet() throws IOException {
        kit.upstream.answer(request -> answer("Content-Length: " + request.body().length + "\r\n", request.text()));
        RawClient client = kit.client();
        String request = post("Transfer-Encoding: chunked\r\n", CHUNKED + "X-T: 1\r\n\r\n");
        for (char octet : (request + request).toCharArray()) {
            client.send(String.valueOf(octet));
        }
        assertEquals("hello world", client.response().text());
        assertEquals("hello world", client.response().text());
        assertEquals(List.of("X-T: 1"), kit.upstream.requests().get(1).trailers());
    }

    @Test
    void relaysAnAnswerInPiecesOfOneOctet() throws IOException {
        String answer = answer("Transfer-Encoding: chunked\r\n", CHUNKED + "X-T: 1\r\n\r\n");
        kit.upstream.next(connection -> {
            for (int i = 0; i < 2; i++) {
                connection.request();
                for (int octet = 0; octet < answer.length(); octet++) {
                    connection.send(answer.substring(octet, octet + 1));
                }
            }
        });
        RawClient client = kit.client();
        for (int i = 0; i < 2; i++) {
            Message message = client.ask(ProxyKit.GET);
            assertEquals("hello world", message.text());
            assertEquals(List.of("X-T: 1"), message.trailers());
        }
    }

    /** RFC 9112 section 7.1.2: chunks, their extensions and trailers pass as they are. */
    @Rfc("9112 7.1.2")
    @Test
    void passesChunksAndTrailersAsTheyAre() throws IOException {
        String body = CHUNKED + "X-Sum: 1\r\n\r\n";
        kit.upstream.answer(answer("Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", body));
        RawClient client = kit.client();
        client.send(post("Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\nTE: trailers\r\nConnection: TE\r\n", body));
        assertEquals("X-Sum", client.reader().responseHead().field("trailer"));
        assertEquals(body, client.read(body.length()));
        assertTrue(kit.upstream.connections().get(0).received().endsWith("\r\n\r\n" + body));
        assertEquals("trailers", kit.upstream.onlyRequest().field("te"));
    }

    @Rfc("9110 9.3.1")
    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "OPTIONS", "PUT", "PURGE"})
    void relaysBodiesOfAnyMethod(String method) throws IOException {
        String request = method + " / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 4\r\n\r\nbody";
        assertEquals("ok", kit.client().ask(request).text());
        assertEquals("body", kit.upstream.onlyRequest().text());
    }

    /** RFC 9112 section 6.3: no body, whatever the fields say. */
    @Rfc("9112 6.3")
    @ParameterizedTest
    @CsvSource({
        "HEAD, 200, Content-Length: 5",
        "HEAD, 200, Transfer-Encoding: chunked",
        "HEAD, 200, X: no-length",
        "GET, 204, X: y",
        "GET, 204, Content-Length: 5",
        "GET, 304, Content-Length: 5",
        "GET, 304, Transfer-Encoding: chunked",
        "POST, 204, X: y",
    })
    void endsAnAnswerWithoutBodyBehindItsHead(String method, int status, String field) throws IOException {
        kit.upstream.answer("HTTP/1.1 " + status + " x\r\n" + field + "\r\n\r\n");
        RawClient client = kit.client();
        for (int i = 0; i < 3; i++) {
            client.send(method + " / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
            Message answer = client.responseToHead();
            assertEquals(status, answer.status());
            assertEquals(status != 204 || field.startsWith("X"), answer.lines().contains(field));
        }
        assertEquals(1, kit.upstream.connections().size());
    }

    /** RFC 9112 section 6.3. */
    @Rfc("9112 6.3")
    @Test
    void passesAnAnswerThatEndsWithTheConnection() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(answer("", "all that ")).send("there is");
        });
        RawClient client = kit.client();
        Message answer = client.ask(ProxyKit.GET);
        assertEquals("close", answer.field("connection"));
        assertEquals("all that there is", answer.text());
    }

    @Rfc("9112 8")
    @Test
    void cutsAnAnswerThatWouldEndWithTheConnectionButWasReset() throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(answer("", "all that "));
            RecordingUpstream.await(seen);
            connection.reset();
        });
        RawClient client = kit.client().send(ProxyKit.GET);
        client.reader().responseHead();
        assertEquals("all that ", client.read(9));
        seen.countDown();
        assertEquals("<reset>", client.rest());
    }

    @Rfc("9112 9.6")
    @Test
    void honoursAnUpstreamThatCloses() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(answer("Content-Length: 2\r\nConnection: close\r\n", "ok"));
        });
        RawClient client = kit.client();
        Message answer = client.ask(ProxyKit.GET);
        assertFalse(answer.has("connection"));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals(2, kit.upstream.connections().size());
    }

    @Rfc("9112 9.6")
    @Test
    void closesForAClientThatAsksForIt() throws IOException {
        RawClient client = kit.client();
        Message answer = client.ask("GET / HTTP/1.1\r\n" + ProxyKit.HOST + "Connection: close\r\n\r\n");
        assertEquals("close", answer.field("connection"));
        assertEquals("", client.rest());
        assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
        assertEquals(1, kit.upstream.connections().size());
    }

    /** RFC 9112 section 9.6: what follows a request with "close" is not served, and costs nobody the answer. */
    @Rfc("9112 9.6")
    @Test
    void ignoresWhatFollowsTheLastRequest() throws IOException {
        RawClient client = kit.client()
                .send("GET / HTTP/1.1\r\n" + ProxyKit.HOST + "Connection: close\r\n\r\n" + ProxyKit.GET.repeat(20));
        assertEquals("ok", client.response().text());
        assertEquals("", client.rest());
        assertEquals(1, kit.upstream.requests().size());
    }

    /** RFC 9112 sections 7.1 and 9.3, for a client of HTTP/1.0. */
    @Rfc({"9112 7.1", "9112 9.3"})
    @Test
    void takesChunksApartForHttp10() throws IOException {
        kit.upstream.answer(answer("Transfer-Encoding: chunked\r\n", CHUNKED + "X-T: 1\r\n\r\n"));
        Message answer = kit.client().ask("GET / HTTP/1.0\r\n" + ProxyKit.HOST + "Connection: keep-alive\r\n\r\n");
        assertEquals("hello world", answer.text());
        assertFalse(answer.has("transfer-encoding"));
        assertEquals("close", answer.field("connection"));
        assertEquals("GET / HTTP/1.1", kit.upstream.onlyRequest().startLine());
    }

    @Rfc("9112 9.3")
    @Test
    void keepsAConnectionOfHttp10ThatAsksForIt() throws IOException {
        RawClient client = kit.client();
        String request = "GET / HTTP/1.0\r\n" + ProxyKit.HOST + "Connection: Keep-Alive\r\n\r\n";
        assertEquals("keep-alive", client.ask(request).field("connection"));
        assertEquals("keep-alive", client.ask(request).field("connection"));
        Message last = client.ask("GET / HTTP/1.0\r\n" + ProxyKit.HOST + "\r\n");
        assertEquals("close", last.field("connection"));
        assertEquals("", client.rest());
        assertEquals(1, kit.upstream.connections().size());
    }

    @Rfc("9110 2.5")
    @Test
    void relaysAnAnswerOfHttp10() throws IOException {
        kit.upstream.answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
        RawClient client = kit.client();
        Message answer = client.ask(ProxyKit.GET);
        assertEquals("HTTP/1.1 200 OK", answer.startLine());
        assertEquals("1.0 luma", answer.field("via"));
        assertEquals("ok", client.ask(ProxyKit.GET).text());
        assertEquals(2, kit.upstream.connections().size());
    }

    @Test
    void saysNothingOfAWakeWhenWarm() throws IOException {
        assertFalse(kit.client().ask(ProxyKit.GET).has("server-timing"));
    }
}
