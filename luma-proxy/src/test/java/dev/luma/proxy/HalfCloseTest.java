package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that end their side behind the request get their answer; those that have left do not hold a place. */
@Rfc("9112 9.6")
class HalfCloseTest {

    private static final String POST = "POST / HTTP/1.1\r\n" + ProxyKit.HOST;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: app.test\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 4\r\n\r\nbody",
                "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            })
    void areAnsweredWarm(String request) throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.request();
                RecordingUpstream.await(ended);
                connection.send(RecordingUpstream.OK);
            });
            RawClient client = kit.client().send(request);
            client.halfClose();
            ended.countDown();
            assertEquals("ok", client.finalResponse().text());
            assertEquals("", client.rest());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 4\r\n\r\nbody",
                "POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            })
    void areAnsweredWhenParked(String request) throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            RawClient client = kit.client().send(request);
            client.halfClose();
            // Luma finds out whether somebody is still there by saying that it works on it.
            assertEquals(102, client.response().status());
            assertEquals(102, client.response().status());
            assertEquals(1, kit.waiting());
            kit.runtime.open();
            assertEquals("ok", client.finalResponse().text());
            assertEquals("", client.rest());
        }
    }

    /** Octets that end no line are not looked at before more of them come; here no more will. */
    @ParameterizedTest
    @ValueSource(strings = {"\0", "@", " : a", ": a\rb", ": a\u007f"})
    void areToldWhatIsWrongWithTheHeadThatTheyLeft(String last) throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            RawClient client = kit.client();
            assertEquals("ok", client.ask(ProxyKit.GET).text());
            ProxyKit.await(() -> Flow.buffered(kit) == 0);
            client.send("GET / HTTP/1.1\r\n" + ProxyKit.HOST + "X");
            ProxyKit.await(() -> Flow.buffered(kit) > 0);
            client.send(last);
            client.halfClose();
            assertEquals(400, client.finalResponse().status());
            assertEquals("", client.rest());
            assertEquals(1, kit.upstream.requests().size());
        }
    }

    @Test
    void getAllAnswersToWhatTheyPipelined() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.request();
                RecordingUpstream.await(ended);
                connection.send(RecordingUpstream.OK);
                connection.request();
                connection.send(RecordingUpstream.OK);
            });
            String unknown = "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n";
            RawClient client = kit.client().send(ProxyKit.GET + unknown + ProxyKit.GET + unknown);
            client.halfClose();
            ended.countDown();
            assertEquals(200, client.finalResponse().status());
            assertEquals(404, client.finalResponse().status());
            assertEquals(200, client.finalResponse().status());
            assertEquals(404, client.finalResponse().status());
            assertEquals("", client.rest());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"})
    void areLetGoIfTheBodyIsNotWhole(String rest) throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            CountDownLatch ended = new CountDownLatch(1);
            kit.upstream.next(connection -> {
                connection.requestHead();
                connection.untilEnd();
                ended.countDown();
            });
            RawClient client = kit.client().send(POST + rest);
            ProxyKit.await(() -> kit.upstream.requests().size() == 1);
            client.halfClose();
            assertEquals("", client.rest());
            RecordingUpstream.await(ended);
        }
    }

    @Test
    void areLetGoIfTheBodyIsNotWholeWhenParked() throws IOException {
        try (ProxyKit kit = ProxyKit.cold()) {
            kit.runtime.hold();
            RawClient client = kit.client().send(POST + "Content-Length: 5\r\n\r\nbody");
            ProxyKit.await(() -> kit.waiting() == 1);
            client.halfClose();
            assertEquals("", client.rest());
            ProxyKit.await(() -> kit.waiting() == 0);
            kit.runtime.open();
        }
    }

    @Test
    void areLetGoIfTheHeadIsNotWhole() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            RawClient client = kit.client().send("GET / HT");
            client.halfClose();
            assertEquals("", client.rest());
        }
    }

    @Test
    void letGoOfTheInstanceIfTheyLeaveBeforeTheAnswerBegins() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.untilEnd();
            });
            RawClient client = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.upstream.requests().size() == 1);
            client.close();
            ProxyKit.await(() -> kit.inFlight() == 0);
        }
    }

    /** Nothing is written to a silent stream, so nothing else would tell that its reader has left. */
    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1"})
    void letGoOfTheInstanceIfTheyLeaveASilentStream(String version) throws IOException {
        ProxyKit.Options impatient = new ProxyKit.Options()
                .settings(usual -> Settings.clientTimeouts(usual, Duration.ofSeconds(30), Duration.ofSeconds(1)));
        try (ProxyKit kit = impatient.start()) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\n\r\nfirst");
                connection.untilEnd();
            });
            RawClient client = kit.client().send("GET / HTTP/" + version + "\r\n" + ProxyKit.HOST + "\r\n");
            ProxyKit.await(() -> kit.upstream.requests().size() == 1);
            client.halfClose();
            ProxyKit.await(() -> kit.inFlight() == 0);
        }
    }
}
