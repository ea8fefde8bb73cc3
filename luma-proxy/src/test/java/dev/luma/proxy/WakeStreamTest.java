package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Limits;
import dev.luma.proxy.AccessRecord.End;
import dev.luma.proxy.AccessRecord.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page and its stream over real sockets, beside requests that wait. */
class WakeStreamTest {

    private static final String VISIT = "GET /a HTTP/1.1\r\n" + ProxyKit.HOST
            + "Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n";
    private static final String LISTEN = "GET " + WakeStream.PATH + " HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n";

    /** One whose project sleeps, and is known to take five seconds to wake. */
    private static ProxyKit slow(ProxyKit.Options options) throws IOException {
        ProxyKit kit = options.page().start();
        kit.runtime.hold();
        RawClient first = kit.client().send(ProxyKit.GET);
        ProxyKit.await(() -> kit.waiting() == 1);
        kit.time.pass(Duration.ofSeconds(5));
        kit.runtime.open();
        assertEquals("ok", first.response().text());
        kit.app().sleep().toCompletableFuture().join();
        kit.runtime.hold();
        return kit;
    }

    private static void assertHears(RawClient stream, String expected) throws IOException {
        StringBuilder events = new StringBuilder();
        while (!events.toString().contains(expected)) {
            events.append(stream.read(1));
        }
    }

    @Test
    void aBrowserGetsThePageThenTheNewsThenTheApp() throws IOException {
        try (ProxyKit kit = slow(ProxyKit.with().timeless())) {
            RawClient browser = kit.client();
            assertEquals("WAKING", browser.ask(VISIT).field("luma-reason"));
            RawClient stream = kit.client().send(LISTEN);
            assertHears(stream, "{\"phase\":\"start\"");
            assertEquals(1, kit.waiting());
            kit.runtime.open();
            assertHears(stream, "event: ready\ndata: {}\n\n");
            assertEquals("ok", browser.ask(VISIT).text());
            stream.close();
            ProxyKit.await(() -> kit.inFlight() == 0);
            assertEquals(2, kit.runtime.starts());
        }
    }

    @Test
    void programsWaitBesideThem() throws IOException {
        try (ProxyKit kit = slow(ProxyKit.with())) {
            RawClient program = kit.client().send(ProxyKit.GET);
            assertEquals(503, kit.client().ask(VISIT).status());
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.runtime.open();
            assertEquals("ok", program.response().text());
        }
    }

    @Test
    void whoClosesTheTabLeavesTheLine() throws IOException {
        try (ProxyKit kit = slow(ProxyKit.with())) {
            RawClient stream = kit.client().send(LISTEN);
            ProxyKit.await(() -> kit.waiting() == 1);
            stream.close();
            ProxyKit.await(() -> kit.waiting() == 0);
            kit.runtime.open();
        }
    }

    @Test
    void theEndOfLumaEndsTheStream() throws IOException {
        try (ProxyKit kit = slow(ProxyKit.with())) {
            RawClient stream = kit.client().send(LISTEN);
            ProxyKit.await(() -> kit.waiting() == 1);
            kit.projects.close(Limits.DEFAULTS.drainTimeout());
            assertHears(stream, "event: later\ndata: {\"detail\":\"Luma is stopping\"");
            assertHears(stream, "\r\n0\r\n\r\n");
            kit.runtime.open();
        }
    }

    @Test
    void theAccessLogTellsOfBoth() throws IOException {
        AccessLog log = AccessLog.on(64);
        try (ProxyKit kit = slow(ProxyKit.with().log(log))) {
            kit.client().ask(VISIT);
            RawClient stream = kit.client().send(LISTEN);
            assertHears(stream, "event: progress");
            stream.close();
            ProxyKit.await(() -> kit.waiting() == 0);
            kit.runtime.open();
        }
        List<AccessRecord> records = log.rings().stream()
                .flatMap(ring -> Stream.generate(() -> taken(ring)).limit(3))
                .toList();
        AccessRecord page = records.get(1);
        assertEquals("/a", page.string(Text.TARGET));
        assertEquals(503, page.status);
        assertEquals("WAKING", page.reason);
        assertEquals("app", page.project);
        assertTrue(page.bodyOctets > 1000);
        AccessRecord stream = records.get(2);
        assertEquals(WakeStream.PATH, stream.string(Text.TARGET));
        assertEquals(200, stream.status);
        assertEquals(End.COMPLETE, stream.end);
        assertEquals("app", stream.project);
        assertNull(stream.reason);
        assertTrue(stream.bodyOctets > 0 && stream.bodyOctets < stream.sentOctets);
    }

    private static AccessRecord taken(AccessRing ring) {
        AccessRecord kept = new AccessRecord();
        kept.set(ring.peek());
        ring.release();
        return kept;
    }
}
