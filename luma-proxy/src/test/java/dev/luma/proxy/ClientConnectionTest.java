package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.HostMemory;
import dev.luma.core.InMemoryProjectStore;
import dev.luma.core.Limits;
import dev.luma.core.Project;
import dev.luma.core.ProjectListener;
import dev.luma.core.Projects;
import dev.luma.core.Scheduler;
import dev.luma.core.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One client's connection in simulated time, without a socket: deadlines, bounds, and what it costs to be slow. */
class ClientConnectionTest {

    private static final ProxySettings SETTINGS = ProxySettings.DEFAULTS;
    private static final Duration TICK = Duration.ofMillis(100);
    private static final String UNKNOWN = "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n";

    private final FakeRuntime runtime = new FakeRuntime();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SimulatedTicker ticker = new SimulatedTicker();
    private Projects projects;
    private Loop loop;

    private static final class SimulatedTicker implements Ticker {
        private long now = 1;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(now);
        }
    }

    @BeforeEach
    void start() throws IOException {
        Scheduler never = (task, delay) -> Scheduler.Cancellable.NONE;
        projects = new Projects(
                runtime,
                (endpoint, ready) -> Scheduler.Cancellable.NONE,
                new InMemoryProjectStore(),
                ticker,
                never,
                Limits.DEFAULTS,
                HostMemory.UNKNOWN,
                ProjectListener.NONE,
                () -> "t");
        projects.register(Project.draft("app", "app.test", "image", 80, Map.of(), Optional.empty()));
        runtime.hold();
        channel.freezeTime();
        loop = new Loop(
                channel.eventLoop(),
                null,
                SETTINGS,
                projects.routes(),
                ticker,
                UnpooledByteBufAllocator.DEFAULT,
                new Crowd(SETTINGS.connections(), ticker),
                null);
        channel.pipeline().addLast(new ClientConnection(loop, channel));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
        assertEquals(0, loop.clients());
        assertEquals(0, projects.find("app").orElseThrow().status().waiting());
    }

    private void send(String octets) {
        channel.writeInbound(Unpooled.copiedBuffer(octets, StandardCharsets.ISO_8859_1));
    }

    private void pass(Duration time) {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(TICK)) {
            ticker.now += TICK.toNanos();
            channel.advanceTimeBy(TICK.toMillis(), TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
        }
    }

    private ByteArrayInputStream sent() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf octets = channel.readOutbound(); octets != null; octets = channel.readOutbound()) {
            octets.readBytes(all, octets.readableBytes());
            octets.release();
        }
        return new ByteArrayInputStream(all.toByteArray());
    }

    @Test
    void closesAnIdleConnectionWithoutAWord() throws IOException {
        pass(SETTINGS.timeouts().keepAlive().minusSeconds(1));
        assertTrue(channel.isActive());
        pass(Duration.ofSeconds(2));
        assertFalse(channel.isActive());
        assertEquals(0, sent().available());
    }

    @Test
    void givesEachRequestItsIdleTimeAnew() throws IOException {
        for (int i = 0; i < 3; i++) {
            pass(SETTINGS.timeouts().keepAlive().minusSeconds(1));
            send(UNKNOWN);
            assertEquals(404, new StrictReader(sent()).response().status());
        }
        assertTrue(channel.isActive());
    }

    /** RFC 9110 section 15.5.9. Octets that trickle in do not buy more time. */
    @Rfc("9110 15.5.9")
    @Test
    void answers408ToASlowHead() throws IOException {
        for (char octet : "GET / HTTP/1.1\r\nHost: app.".toCharArray()) {
            send(String.valueOf(octet));
            pass(Duration.ofMillis(500));
        }
        assertEquals(0, sent().available());
        pass(SETTINGS.timeouts().head());
        Message answer = new StrictReader(sent()).response();
        assertEquals(408, answer.status());
        assertEquals("REQUEST_TIMEOUT", answer.field("luma-reason"));
        assertEquals("close", answer.field("connection"));
        pass(SETTINGS.timeouts().linger().plusSeconds(1));
        assertFalse(channel.isActive());
    }

    @Test
    void doesNotLingerForEver() throws IOException {
        send("GET / HTTP/1.1\r\n\r\n");
        assertEquals(400, new StrictReader(sent()).response().status());
        assertTrue(channel.isActive());
        send("more");
        pass(SETTINGS.timeouts().linger().plusSeconds(1));
        assertFalse(channel.isActive());
        assertEquals(0, sent().available());
    }

    @Test
    void answersARequestOctetByOctet() throws IOException {
        for (char octet : (UNKNOWN + "\r\n" + UNKNOWN).toCharArray()) {
            send(String.valueOf(octet));
        }
        StrictReader answers = new StrictReader(sent());
        assertEquals(404, answers.response().status());
        assertEquals(404, answers.response().status());
    }

    /** More answers than may lie unsent at a time. */
    @Test
    void answersThousandsOfPipelinedRequestsFromOneRead() throws IOException {
        send(UNKNOWN.repeat(5_000));
        StrictReader answers = new StrictReader(sent());
        for (int i = 0; i < 5_000; i++) {
            assertEquals(404, answers.response().status());
        }
    }

    @Test
    void readsOnlySoMuchOfAParkedRequest() {
        send("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 1000000\r\n\r\n");
        assertEquals(1, projects.find("app").orElseThrow().status().waiting());
        send("x".repeat(SETTINGS.bounds().parked() - 1));
        assertTrue(channel.config().isAutoRead());
        send("x");
        assertFalse(channel.config().isAutoRead());
        pass(SETTINGS.timeouts().keepAlive().multipliedBy(2));
        assertTrue(channel.isActive(), "who waits is not idle");
    }

    @Test
    void takesAClientThatLeavesOutOfTheLine() {
        send("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        assertEquals(1, projects.find("app").orElseThrow().status().waiting());
        channel.close();
        assertEquals(0, projects.find("app").orElseThrow().status().waiting());
    }

    @Test
    void forgivesOneEmptyLineAndNoMore() throws IOException {
        send("\r\n");
        send("\r");
        pass(Duration.ofSeconds(1));
        assertTrue(channel.isActive());
        assertEquals(400, statusAfter("\n" + UNKNOWN));
    }

    /** A NUL, which only a scan finds, tells whether there was one: each costs as much as all of the head that is here. */
    @Test
    void scansALongHeadAgainOnlyWhenALineOfItEnds() throws IOException {
        send("GET / HTTP/1.1\r\nHost: app.test\r\nCookie: ");
        send("c".repeat(SETTINGS.bounds().requestLine()));
        send("\0");
        assertEquals(0, sent().available());
        assertEquals(400, statusAfter("\r\n"));
    }

    /** RFC 9112 section 3: the line has a bound of its own, which counts from behind an empty line. */
    @Rfc({"9112 2.2", "9112 3"})
    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n"})
    void answers414AsSoonAsATricklingLineIsTooLong(String before) throws IOException {
        send(before);
        send("GET /" + "a".repeat(SETTINGS.bounds().requestLine() - "GET /".length() - 2));
        send("a");
        assertEquals(0, sent().available());
        assertEquals(414, statusAfter("a"));
    }

    /** RFC 6585 section 5. */
    @Rfc("6585 5")
    @Test
    void answers431AsSoonAsATricklingHeadIsTooLarge() throws IOException {
        String start = "GET / HTTP/1.1\r\nHost: app.test\r\nCookie: ";
        send(start + "c".repeat(SETTINGS.bounds().head() - start.length() - 2));
        send("c");
        assertEquals(0, sent().available());
        assertEquals(431, statusAfter("c"));
    }

    private int statusAfter(String octets) throws IOException {
        send(octets);
        return new StrictReader(sent()).response().status();
    }
}
