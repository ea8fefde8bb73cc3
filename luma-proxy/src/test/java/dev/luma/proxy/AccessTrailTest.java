package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.proxy.AccessRecord.End;
import dev.luma.proxy.AccessRecord.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each request has exactly one record, whatever becomes of it. */
class AccessTrailTest {

    private final AccessLog log = AccessLog.on(64);
    private final List<AccessRecord> records = new ArrayList<>();
    private ProxyKit kit;
    private boolean closed;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.with().log(log).start();
    }

    @AfterEach
    void stop() throws IOException {
        if (!closed) {
            kit.close();
        }
    }

    /** All records there are, once nothing can add to them. */
    private List<AccessRecord> all() throws IOException {
        closed = true;
        kit.close();
        take();
        return records;
    }

    private void take() {
        for (AccessRing ring : log.rings()) {
            for (AccessRecord next = ring.peek(); next != null; next = ring.peek()) {
                AccessRecord kept = new AccessRecord();
                kept.set(next);
                records.add(kept);
                ring.release();
            }
        }
    }

    private AccessRecord only() throws IOException {
        assertEquals(1, all().size());
        return records.get(0);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n";
    }

    @Test
    void tellsOfARequestAndItsAnswer() throws IOException {
        kit.upstream.answer("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello");
        String request = "POST /a?b HTTP/1.1\r\n" + ProxyKit.HOST
                + "User-Agent:  me/1 \r\nReferer: there\r\nContent-Length: 3\r\n\r\nabc";
        kit.client().ask(request);
        AccessRecord record = only();
        assertEquals("POST", record.string(Text.METHOD));
        assertEquals("/a?b", record.string(Text.TARGET));
        assertEquals("HTTP/1.1", record.string(Text.VERSION));
        assertEquals("app.test", record.string(Text.HOST));
        assertEquals("me/1", record.string(Text.USER_AGENT));
        assertEquals("there", record.string(Text.REFERER));
        assertEquals("127.0.0.1", record.client);
        assertEquals("app", record.project);
        assertTrue(record.instance != null && !record.instance.isEmpty());
        assertNull(record.reason);
        assertEquals(201, record.status);
        assertEquals(End.COMPLETE, record.end);
        assertEquals(request.length(), record.requestOctets);
        assertEquals(5, record.bodyOctets);
        assertTrue(record.sentOctets > 5 + "HTTP/1.1 201 Created\r\n".length());
        assertTrue(record.firstByteNanos > 0 && record.firstByteNanos <= record.durationNanos);
        assertTrue(record.upstreamNanos > 0 && record.upstreamNanos <= record.durationNanos);
        assertEquals(0, record.waitedNanos);
    }

    /** So that who has a page with an error, an app's log or a line of the access log finds the other two. */
    @Test
    void namesTheRequestAsTheAppAndTheClientHearOfIt() throws IOException {
        kit.upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        RawClient client = kit.client();
        client.ask("GET /own HTTP/1.1\r\n" + ProxyKit.HOST + "X-Request-Id: mine-7\r\n\r\n");
        client.ask(get("/made"));
        Message unknown = client.ask("GET /none HTTP/1.1\r\nHost: nobody\r\n\r\n");
        Message broken = client.ask("BAD@ /x\r\n\r\n");
        assertEquals(
                List.of(
                        "mine-7",
                        kit.upstream.requests().get(1).field("x-request-id"),
                        unknown.field("x-request-id"),
                        broken.field("x-request-id")),
                all().stream().map(record -> record.string(Text.REQUEST_ID)).toList());
        assertEquals(
                4,
                records.stream()
                        .map(record -> record.string(Text.REQUEST_ID))
                        .distinct()
                        .count());
    }

    @Test
    void keepsTheOrderOfPipelinedRequests() throws IOException {
        kit.upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        RawClient client = kit.client().send(get("/1") + get("/2") + get("/3"));
        for (int i = 0; i < 3; i++) {
            client.response();
        }
        assertEquals(
                List.of("/1", "/2", "/3"),
                all().stream().map(record -> record.string(Text.TARGET)).toList());
    }

    @Test
    void countsTheContentOfChunks() throws IOException {
        kit.upstream.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        kit.client().ask(ProxyKit.GET);
        assertEquals(3, only().bodyOctets);
    }

    @Test
    void countsNoBodyWhereThereIsNone() throws IOException {
        kit.upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        kit.client().send("HEAD / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n").responseToHead();
        AccessRecord record = only();
        assertEquals(0, record.bodyOctets);
        assertTrue(record.sentOctets > 0);
    }

    /** Most of it is moved by the kernel where there is epoll. */
    @Test
    void countsALongBodyToTheLastOctet() throws IOException {
        int length = 1 << 20;
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
            connection.send(new byte[length]);
        });
        assertEquals(length, kit.client().ask(ProxyKit.GET).body().length);
        AccessRecord record = only();
        assertEquals(length, record.bodyOctets);
        assertTrue(record.sentOctets > length && record.sentOctets < length + 1000);
    }

    @Test
    void tellsWhatIsKnownOfARequestThatIsNone() throws IOException {
        kit.upstream.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        RawClient client = kit.client();
        client.ask("GET /secret HTTP/1.1\r\n" + ProxyKit.HOST + "User-Agent: one\r\n\r\n");
        assertEquals(400, client.ask("BAD@ /x\r\n\r\n").status());
        assertEquals(2, all().size());
        AccessRecord record = records.get(1);
        assertEquals(400, record.status);
        assertEquals("BAD_REQUEST", record.reason);
        assertEquals("BAD@", record.string(Text.METHOD));
        assertEquals("/x", record.string(Text.TARGET));
        assertEquals("", record.string(Text.USER_AGENT));
        assertNull(record.project);
        assertTrue(record.bodyOctets > 0 && record.bodyOctets < record.sentOctets);
    }

    @Test
    void tellsOfAHostThatNobodyHas() throws IOException {
        kit.client().ask("GET /y HTTP/1.1\r\nHost: nobody\r\n\r\n");
        AccessRecord record = only();
        assertEquals(404, record.status);
        assertEquals("UNKNOWN_HOST", record.reason);
        assertEquals("nobody", record.string(Text.HOST));
        assertEquals(End.COMPLETE, record.end);
    }

    @Test
    void tellsOfAClientThatLeft() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.untilEnd();
        });
        RawClient client = kit.client().send(ProxyKit.GET);
        ProxyKit.await(() -> kit.inFlight() == 1);
        client.reset();
        ProxyKit.await(() -> kit.inFlight() == 0);
        AccessRecord record = only();
        assertEquals(End.CLIENT_LEFT, record.end);
        assertEquals(0, record.status);
    }

    @Test
    void tellsOfAnUpstreamThatBrokeOff() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.close();
        });
        kit.client().send(ProxyKit.GET);
        ProxyKit.await(() -> kit.clientConnections() == 0);
        AccessRecord record = only();
        assertEquals(End.UPSTREAM_CUT, record.end);
        assertEquals(200, record.status);
        assertEquals(3, record.bodyOctets);
    }

    @Test
    void tellsOfATunnelWhenItIsOver() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(TunnelTest.SWITCH);
            connection.send(connection.read(4) + "!");
            connection.read(1);
        });
        RawClient client = kit.client();
        client.ask(TunnelTest.UPGRADE);
        assertEquals("ping!", client.send("ping").read(5));
        take();
        assertEquals(List.of(), records);
        client.send(".");
        assertEquals("", client.rest());
        AccessRecord record = only();
        assertEquals(101, record.status);
        assertEquals(End.COMPLETE, record.end);
        assertEquals(5, record.bodyOctets);
        assertEquals(TunnelTest.UPGRADE.length() + 5, record.requestOctets);
    }
}
