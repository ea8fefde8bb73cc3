package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.luma.core.Lease;
import dev.luma.proxy.AccessRecord.End;
import dev.luma.proxy.AccessRecord.Text;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Instead of the usual one. */
    private void restart(ProxyKit.Options with) throws IOException {
        kit.close();
        kit = with.log(log).start();
    }

    private void restartWithShort(String timeout) throws IOException {
        restart(ProxyKit.with().settings(usual -> Settings.timeout(usual, timeout, Duration.ofMillis(300))));
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

    private void assertCut(String reason, AccessRecord record) {
        assertEquals(End.LUMA_CUT, record.end);
        assertEquals(reason, record.reason);
    }

    @ParameterizedTest
    @CsvSource({"response, RESPONSE_TIMEOUT", "request, REQUEST_TIMEOUT"})
    void tellsWhyLumaBrokeOff(String timeout, String reason) throws IOException {
        restartWithShort(timeout);
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.untilEnd();
        });
        assertTrue(kit.client().send(ProxyKit.GET).rest().endsWith("abc<reset>"));
        AccessRecord record = only();
        assertCut(reason, record);
        assertEquals(200, record.status);
        assertEquals(3, record.bodyOctets);
    }

    @Test
    void tellsWhyLumaEndedATunnel() throws IOException {
        restartWithShort("tunnel");
        kit.upstream.next(connection -> {
            connection.request();
            connection.send(TunnelTest.SWITCH + "!");
            connection.untilEnd();
        });
        RawClient client = kit.client();
        client.ask(TunnelTest.UPGRADE);
        assertEquals("!", client.rest());
        AccessRecord record = only();
        assertCut("TUNNEL_TIMEOUT", record);
        assertEquals(101, record.status);
        assertEquals(1, record.bodyOctets);
    }

    @Test
    void tellsOfARequestWhoseBodyBreaksWithinItsAnswer() throws IOException {
        kit.upstream.next(connection -> {
            connection.requestHead();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.untilEnd();
        });
        RawClient client = kit.client();
        client.send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Transfer-Encoding: chunked\r\n\r\n");
        client.reader().responseHead();
        client.send("no chunk\r\n");
        assertTrue(client.rest().endsWith("<reset>"));
        AccessRecord record = only();
        assertCut("BAD_REQUEST", record);
        assertEquals(200, record.status);
    }

    /** RFC 9110 section 15.5.9. */
    @Test
    void tellsOfAHeadThatDidNotComeInTime() throws IOException {
        restartWithShort("head");
        RawClient client = kit.client().send("GET /slow HTTP/1.1\r\nHost: a");
        assertEquals(408, client.response().status());
        AccessRecord record = only();
        assertEquals(408, record.status);
        assertEquals("REQUEST_TIMEOUT", record.reason);
        assertEquals(End.COMPLETE, record.end);
        assertEquals("/slow", record.string(Text.TARGET));
        assertEquals("GET /slow HTTP/1.1\r\nHost: a".length(), record.requestOctets);
        assertTrue(record.bodyOctets > 0);
    }

    @Test
    void tellsOfRequestsThatAStopCut() throws IOException {
        kit.upstream.next(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            connection.untilEnd();
        });
        kit.upstream.next(connection -> {
            connection.request();
            connection.untilEnd();
        });
        RawClient begun = kit.client().send(get("/begun"));
        begun.reader().responseHead();
        RawClient silent = kit.client().send(get("/silent"));
        ProxyKit.await(() -> kit.upstream.requests().size() == 2);
        kit.server.stop(Duration.ofMillis(50)).toCompletableFuture().join();
        assertTrue(begun.rest().endsWith("<reset>"));
        assertEquals("", silent.rest());
        assertEquals(2, all().size());
        for (AccessRecord record : records) {
            assertCut("SHUTTING_DOWN", record);
            boolean any = record.string(Text.TARGET).equals("/begun");
            assertEquals(any ? 200 : 0, record.status);
            assertEquals(any ? 3 : 0, record.bodyOctets);
        }
    }

    @Test
    void tellsHowLongARequestWaitedForAWake() throws IOException {
        restart(ProxyKit.with().cold());
        kit.runtime.hold();
        RawClient client = kit.client().send(get("/cold"));
        ProxyKit.await(() -> kit.waiting() == 1);
        kit.runtime.open();
        String timing = client.response().field("server-timing");
        client.ask(get("/warm"));
        assertEquals(2, all().size());
        AccessRecord cold = records.get(0);
        assertTrue(
                timing.startsWith(String.format(Locale.ROOT, "luma-wake;dur=%.1f;", cold.waitedNanos / 1_000_000.0)),
                timing);
        assertTrue(cold.waitedNanos > 0 && cold.waitedNanos < cold.firstByteNanos);
        assertTrue(cold.upstreamNanos <= cold.durationNanos - cold.waitedNanos);
        assertEquals(0, records.get(1).waitedNanos);
    }

    /** Most of it is moved by the kernel where there is epoll. */
    @Test
    void countsALongUploadToTheLastOctet() throws Exception {
        int length = 24 << 20;
        String head = "POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: " + length + "\r\n\r\n";
        RawClient client = kit.client();
        CompletableFuture<Void> sent = Background.run(() -> client.send(head).send(new byte[length]));
        assertEquals("ok", client.response().text());
        sent.get();
        if (Epoll.isAvailable()) {
            Loop loop = kit.server.loops().iterator().next();
            long moved = loop.eventLoop
                    .submit(loop.splice::moved)
                    .syncUninterruptibly()
                    .getNow();
            assertTrue(moved > length / 2);
        }
        assertEquals(head.length() + length, only().requestOctets);
    }

    /** All that a loop does for the log, for a request that wakes nobody and for one that is not passed on. */
    @Test
    void costsTheLoopNoGarbage() throws Exception {
        String request = "GET /a?b HTTP/1.1\r\n" + ProxyKit.HOST
                + "User-Agent: me/1\r\nReferer: there\r\nX-Request-Id: mine\r\n\r\n";
        byte[] octets = Octets.of(request);
        RequestHead head = new RequestHead();
        assertEquals(octets.length, head.scan(octets, octets.length));
        RequestId id = new RequestId();
        id.of(head, new SplittableRandom());
        Lease lease = kit.app().tryAcquire();
        BodyFraming body = new BodyFraming();
        ByteBuf answer = Unpooled.copiedBuffer("HTTP/1.1 404 Not Found\r\n\r\nno", StandardCharsets.US_ASCII);
        AccessRing ring = new AccessRing(16);
        AccessTrail trail = new AccessTrail(ring, kit.time);
        Runnable work = () -> {
            trail.begin("192.0.2.7", head, octets.length);
            trail.named(id);
            trail.from("192.0.2.8");
            trail.routed("app");
            trail.leased(lease);
            trail.relayed();
            trail.took(10);
            trail.answered(200);
            trail.sent(500);
            trail.end(End.COMPLETE, body, body);
            trail.begin("192.0.2.7", head, octets.length);
            trail.answered(Failure.UNKNOWN_HOST, answer);
            trail.broken("RESPONSE_TIMEOUT");
            trail.end(End.LUMA_CUT, body, body);
            for (AccessRecord next = ring.peek(); next != null; next = ring.peek()) {
                ring.release();
            }
        };
        try {
            repeat(work, 20_000);
            assertEquals(0, leastGarbage(work));
        } finally {
            lease.release();
        }
        assertEquals(0, ring.dropped());
    }

    /** Of ten rounds, since the machine now and then makes something for itself. */
    private static long leastGarbage(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        long start = threads.getCurrentThreadAllocatedBytes();
        long nothing = threads.getCurrentThreadAllocatedBytes() - start; // what looking costs
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            repeat(work, 1_000);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before - nothing);
        }
        return least;
    }

    private static void repeat(Runnable work, int times) {
        for (int i = 0; i < times; i++) {
            work.run();
        }
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
