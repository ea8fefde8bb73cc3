package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Admission;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.Endpoint;
import dev.luma.core.HostMemory;
import dev.luma.core.InMemoryProjectStore;
import dev.luma.core.Lease;
import dev.luma.core.Limits;
import dev.luma.core.Project;
import dev.luma.core.ProjectListener;
import dev.luma.core.ProjectStatus.State;
import dev.luma.core.Projects;
import dev.luma.core.Refusal;
import dev.luma.core.Scheduler;
import dev.luma.core.Ticker;
import dev.luma.core.Upstream;
import dev.luma.core.Waking;
import dev.luma.core.Waking.ColdStart;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets a page while a project wakes, when, and what it hears; in simulated time, without a socket. */
class WaitingPageTest {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final String BROWSER =
            "Host: app.test\r\nAccept: text/html,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    private static final String VISIT = "GET /a?b=c HTTP/1.1\r\n" + BROWSER + "\r\n";
    private static final String LISTEN =
            "GET " + WakeStream.PATH + " HTTP/1.1\r\nHost: app.test\r\nAccept: text/event-stream\r\n\r\n";

    private final FakeRuntime runtime = new FakeRuntime();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Clock clock = new Clock();
    private Projects projects;
    private Loop loop;

    private static final class Clock implements Ticker {
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
        start(Limits.DEFAULTS);
    }

    private void start(Limits limits) throws IOException {
        projects = new Projects(
                runtime,
                (target, listener) -> {
                    runtime.whenOpen(listener::ready);
                    return Scheduler.Cancellable.NONE;
                },
                new InMemoryProjectStore(),
                clock,
                (task, delay) -> Scheduler.Cancellable.NONE,
                limits,
                HostMemory.UNKNOWN,
                ProjectListener.NONE,
                () -> "t");
        register("app", ColdStart.PAGE);
        register("other", ColdStart.WAIT);
        runtime.leadTo(new Endpoint("192.0.2.1", 80, Endpoint.Reach.DIRECT));
        runtime.hold();
        channel.freezeTime();
        loop = new Loop(
                channel.eventLoop(),
                null,
                ProxySettings.DEFAULTS,
                projects.routes(),
                clock,
                UnpooledByteBufAllocator.DEFAULT,
                new Crowd(ProxySettings.DEFAULTS.connections(), clock),
                null);
        channel.pipeline().addLast(new ClientConnection(loop, channel));
        channel.pipeline().fireChannelActive();
    }

    /** With as many places in each line. */
    private void restart(int places) throws IOException {
        Limits usual = Limits.DEFAULTS;
        channel.pipeline().removeLast();
        start(new Limits(
                usual.idleTimeout(),
                usual.pauseTimeout(),
                usual.waitTimeout(),
                places,
                usual.maxWaiting(),
                usual.startTimeout(),
                usual.stopGrace(),
                usual.drainTimeout()));
    }

    private void register(String name, ColdStart coldStart) throws IOException {
        projects.register(Project.draft(name, name + ".test", "image", 80, Map.of(), Optional.empty())
                .withWaking(Waking.USUAL.withColdStart(coldStart)));
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
        assertEquals(0, loop.clients());
        for (Upstream project : projects.all()) {
            assertEquals(0, project.status().waiting());
            project.status().instances().forEach(instance -> assertEquals(0, instance.inFlight()));
        }
    }

    private Upstream app() {
        return projects.find("app").orElseThrow();
    }

    private void send(String octets) {
        channel.writeInbound(Unpooled.copiedBuffer(octets, StandardCharsets.ISO_8859_1));
        channel.runPendingTasks();
    }

    private void pass(Duration time) {
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(TICK)) {
            clock.now += TICK.toNanos();
            channel.advanceTimeBy(TICK.toMillis(), TimeUnit.MILLISECONDS);
            channel.runPendingTasks();
        }
    }

    /** The app can be reached. */
    private void open() {
        runtime.open();
        channel.runPendingTasks();
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf octets = channel.readOutbound(); octets != null; octets = channel.readOutbound()) {
            all.append(octets.toString(StandardCharsets.UTF_8));
            octets.release();
        }
        return all.toString();
    }

    private Message answer() throws IOException {
        return new StrictReader(new ByteArrayInputStream(sent().getBytes(StandardCharsets.UTF_8))).response();
    }

    /** What the chunks hold that have come so far, without the head of the answer. */
    private String told() {
        StringBuilder events = new StringBuilder();
        String rest = sent().replaceFirst("(?s)^HTTP/.*?\r\n\r\n", "");
        while (!rest.isEmpty()) {
            int line = rest.indexOf("\r\n");
            int length = Integer.parseInt(rest.substring(0, line), 16);
            events.append(length == 0 ? "<end>" : rest.substring(line + 2, line + 2 + length));
            rest = rest.substring(line + 4 + length);
        }
        return events.toString();
    }

    /** So that its next wake is known to be slow, or fast. */
    private void learn(Duration boot) {
        send(LISTEN);
        pass(boot);
        open();
        pass(Duration.ofMillis(WakeStream.LOADING_MILLIS));
        app().sleep().toCompletableFuture().join();
        runtime.hold();
        sent();
    }

    // Who gets it.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document",
                "GET /x HTTP/1.1|accept: application/xhtml+xml, text/html;q=0.9|sec-fetch-mode:navigate",
                "GET / HTTP/1.0|Accept: text/html|Sec-Fetch-Mode: navigate",
                "GET / HTTP/1.1|Accept: text/html|Upgrade-Insecure-Requests: 1",
            })
    void navigationsGetIt(String request) throws IOException {
        send(request.replace("|", "\r\n") + "\r\nHost: app.test\r\n\r\n");
        pass(Visit.SLOW);
        assertEquals("WAKING", answer().field("luma-reason"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1",
                "GET / HTTP/1.1|Accept: text/html",
                "GET / HTTP/1.1|Accept: text/html|Upgrade-Insecure-Requests: 0",
                "GET / HTTP/1.1|Accept: */*|Sec-Fetch-Mode: navigate",
                "GET / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: cors|Upgrade-Insecure-Requests: 1",
                "GET / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe",
                "POST / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: navigate|Content-Length: 0",
                "HEAD / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: navigate",
                "GET / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: navigate|Content-Length: 2",
                "GET / HTTP/1.1|Accept: text/html|Sec-Fetch-Mode: navigate|Connection: Sec-Fetch-Mode",
            })
    void everythingElseWaits(String request) {
        send(request.replace("|", "\r\n") + "\r\nHost: app.test\r\n\r\n");
        pass(Visit.SLOW.multipliedBy(5));
        assertEquals("", sent());
        assertEquals(1, app().status().waiting());
    }

    @Test
    void whereNobodyAskedForItEverybodyWaits() {
        Upstream other = projects.find("other").orElseThrow();
        send(VISIT.replace("app.test", "other.test"));
        pass(Visit.SLOW.multipliedBy(5));
        assertEquals("", sent());
        assertEquals(1, other.status().waiting());
    }

    // When.

    @Test
    void aNavigationWaitsForASecondBeforeItGetsThePage() throws IOException {
        send(VISIT);
        pass(Visit.SLOW.minus(TICK));
        assertEquals("", sent());
        pass(TICK);
        assertEquals(503, answer().status());
    }

    @ParameterizedTest
    @CsvSource({"1000, true", "5000, true", "900, false"})
    void whereTheBootIsKnownToBeSlowItGetsThePageAtOnce(long millis, boolean atOnce) throws IOException {
        learn(Duration.ofMillis(millis));
        send(VISIT);
        channel.advanceTimeBy(1, TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
        if (atOnce) {
            assertEquals(503, answer().status());
        } else {
            assertEquals("", sent());
        }
    }

    // What it is.

    @Test
    void thePageStandsByItself() throws Exception {
        learn(Duration.ofSeconds(5));
        send(VISIT);
        pass(TICK);
        Message page = answer();
        assertEquals(503, page.status());
        assertEquals("text/html; charset=utf-8", page.field("content-type"));
        assertEquals("no-store", page.field("cache-control"));
        assertEquals("5", page.field("retry-after"));
        assertEquals("WAKING", page.field("luma-reason"));
        assertEquals("nosniff", page.field("x-content-type-options"));
        assertTrue(page.has("x-request-id") && page.has("date"));
        assertFalse(page.has("connection"));
        String html = page.text();
        String policy = page.field("content-security-policy");
        assertTrue(policy.startsWith("default-src 'none'; "), policy);
        assertTrue(policy.contains("style-src '" + hash(html, "style") + "'"), policy);
        assertTrue(policy.contains("script-src '" + hash(html, "script") + "'"), policy);
        assertFalse(html.contains("{{") || html.contains("}}"));
        assertEquals(
                List.of("data:,"),
                Pattern.compile("(?:src|href)=\"([^\"]*)\"")
                        .matcher(html)
                        .results()
                        .map(found -> found.group(1))
                        .toList());
        assertTrue(html.contains("data-name=\"app\""));
        assertTrue(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"));
        assertTrue(
                html.contains(
                        "data-event=\"progress\" data-news=\"{&quot;phase&quot;:&quot;start&quot;,&quot;ahead&quot;:0,"
                                + "&quot;elapsed_ms&quot;:0,&quot;expected_ms&quot;:5000}\""),
                html);
        assertTrue(html.contains("new EventSource('" + WakeStream.PATH + "')"));
    }

    private static String hash(String html, String element) throws Exception {
        Matcher found = Pattern.compile("<" + element + ">(.*)</" + element + ">", Pattern.DOTALL)
                .matcher(html);
        assertTrue(found.find());
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(found.group(1).getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    /** The place in the line is free for others, and the project goes on all the same. */
    @Test
    void whoHasThePageWaitsInNoLine() {
        send(VISIT);
        pass(Visit.SLOW);
        assertEquals(0, app().status().waiting());
        assertEquals(State.STARTING, app().status().state());
        assertTrue(channel.isActive());
    }

    /** Between the page and its stream nobody stands in the line, and its turn must not go to others for that. */
    @Test
    void thePageKeepsTheTurnOfItsProject() throws IOException {
        runtime.startsAtOnce = 1;
        projects.find("other").orElseThrow().acquire(Long.MAX_VALUE, new Nobody());
        send(VISIT);
        pass(Visit.SLOW);
        assertEquals(503, answer().status());
        assertEquals(OptionalInt.of(1), app().status().placeInLine());
        send(LISTEN);
        assertTrue(told().endsWith("{\"phase\":\"line\",\"ahead\":0,\"elapsed_ms\":1000,\"expected_ms\":0}\n\n"));
        projects.close(Duration.ZERO);
        channel.runPendingTasks();
    }

    private static final class Nobody implements Admission.Listener {
        @Override
        public void granted(Lease lease) {
            lease.release();
        }

        @Override
        public void refused(Refusal refusal) {}
    }

    @Test
    void aStartThatFailsIsToldOnThePage() throws IOException {
        runtime.failWith(new StartFailure(Refusal.Reason.START_FAILED, "no <image> \"x\"", List.of("secret")));
        open();
        send(VISIT);
        Message page = answer();
        assertEquals(503, page.status());
        assertEquals("START_FAILED", page.field("luma-reason"));
        assertEquals("1", page.field("retry-after"));
        assertTrue(
                page.text().contains("<p id=\"say\" role=\"status\">no &lt;image&gt; &quot;x&quot;.</p>"), page.text());
        assertTrue(page.text().contains("data-event=\"failed\""), page.text());
        assertFalse(page.text().contains("secret"));
    }

    // What it hears.

    @Test
    void theStreamTellsHowTheWakeGoesOnAndWhenItIsReady() {
        learn(Duration.ofSeconds(5));
        send(LISTEN);
        String head = sent();
        assertTrue(
                head.startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"),
                head);
        assertTrue(
                head.endsWith(
                        "\r\nevent: progress\ndata: {\"phase\":\"start\",\"ahead\":0,\"elapsed_ms\":0,\"expected_ms\":5000}\n\n\r\n"),
                head);
        pass(Duration.ofSeconds(2));
        assertEquals("", told());
        open();
        assertEquals(
                "event: progress\ndata: {\"phase\":\"ready\",\"ahead\":0,\"elapsed_ms\":2000,\"expected_ms\":5000}\n\n"
                        + "event: ready\ndata: {}\n\n",
                told());
    }

    /** So that the project stays awake, and the next one is let in when the app has answered. */
    @Test
    void theStreamHoldsALeaseWhileTheBrowserLoadsTheApp() {
        send(LISTEN);
        open();
        sent();
        assertEquals(1, app().status().instances().get(0).inFlight());
        pass(Duration.ofMillis(WakeStream.LOADING_MILLIS).minus(TICK));
        assertEquals("", told());
        assertEquals(1, app().status().instances().get(0).inFlight());
        pass(TICK);
        assertEquals("<end>", told());
        assertEquals(0, app().status().instances().get(0).inFlight());
        assertTrue(channel.isActive());
    }

    @Test
    void theStreamOfAnAppThatIsAwakeSaysSoAtOnce() {
        learn(Duration.ofMillis(100));
        open();
        send(LISTEN);
        sent();
        pass(Duration.ofMillis(WakeStream.LOADING_MILLIS));
        told();
        send(LISTEN);
        assertEquals("retry: 1000\n\nevent: ready\ndata: {}\n\n", told());
    }

    @Test
    void theStreamIsNeverSilentForLong() {
        send(LISTEN);
        sent();
        pass(Duration.ofMillis(WakeStream.HEARTBEAT_MILLIS).multipliedBy(3));
        assertEquals(":\n\n:\n\n:\n\n", told());
    }

    @Test
    void theStreamTellsOfAFailureAndEnds() {
        send(LISTEN);
        sent();
        runtime.failWith(new StartFailure(Refusal.Reason.START_FAILED, "no \"image\"", List.of("secret")));
        open();
        assertEquals("event: failed\ndata: {\"detail\":\"no \\\"image\\\"\",\"retry_ms\":1000}\n\n<end>", told());
        assertTrue(channel.isActive());
    }

    @Test
    void theStreamSaysWhenThereIsNoPlaceInTheLine() throws IOException {
        restart(0);
        send(LISTEN);
        assertEquals(
                "retry: 1000\n\nevent: later\ndata: {\"detail\":\"0 requests already wait for app\",\"retry_ms\":1000}\n\n<end>",
                told());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoLeavesTheStreamLeavesTheLine(boolean inParts) {
        send(LISTEN);
        sent();
        assertEquals(1, app().status().waiting());
        if (inParts) {
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            channel.close();
        }
        channel.runPendingTasks();
        assertEquals(0, app().status().waiting());
        assertFalse(channel.isActive());
    }

    /** RFC 9112 section 6.3: without chunks the body ends with the connection. */
    @Rfc("9112 6.3")
    @Test
    void theStreamOfAnOldClientHasNoChunks() {
        send(LISTEN.replace("HTTP/1.1", "HTTP/1.0"));
        String all = sent();
        assertFalse(all.contains("Transfer-Encoding"), all);
        assertTrue(all.contains("\r\nConnection: close\r\n"), all);
        assertTrue(all.contains("\r\n\r\nretry: 1000\n\nevent: progress\n"), all);
        open();
        assertTrue(sent().endsWith("\n\nevent: ready\ndata: {}\n\n"));
        pass(Duration.ofMillis(WakeStream.LOADING_MILLIS));
        assertEquals("", sent());
        assertFalse(channel.isActive());
    }

    /** RFC 9110 section 9.3.2. */
    @Rfc("9110 9.3.2")
    @Test
    void aHeadOfTheStreamHasNoBodyAndWakesNobody() {
        send(LISTEN.replace("GET", "HEAD"));
        String all = sent();
        assertTrue(all.startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"), all);
        assertTrue(all.endsWith("\r\n\r\n") && all.indexOf("\r\n\r\n") == all.length() - 4, all);
        assertEquals(State.IDLE, app().status().state());
        pass(Duration.ofMillis(WakeStream.HEARTBEAT_MILLIS));
        assertEquals("", sent());
        send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");
        assertTrue(sent().startsWith("HTTP/1.1 404 "));
    }

    @Test
    void requestsBehindAStreamComeAfterIt() {
        send(LISTEN + "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");
        assertFalse(sent().contains("404"));
        open();
        pass(Duration.ofMillis(WakeStream.LOADING_MILLIS));
        assertTrue(sent().contains("\r\n0\r\n\r\nHTTP/1.1 404 "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /.well-known/luma/wake|app",
                "GET /.well-known/luma/wakes|app",
                "GET /.well-known/luma/|app",
                "GET /.well-known/luma/wake|other",
            })
    void everyOtherPathAndProjectIsTheAppsOwn(String request) {
        String project = request.substring(request.indexOf('|') + 1);
        send(request.replaceFirst("\\|.*", " HTTP/1.1\r\nHost: " + project + ".test\r\nContent-Length: 0\r\n\r\n"));
        assertEquals("", sent());
        assertEquals(1, projects.find(project).orElseThrow().status().waiting());
    }

    @Test
    void theStreamIsFoundWithAQueryToo() {
        send(LISTEN.replace(" HTTP", "?a HTTP"));
        assertTrue(sent().startsWith("HTTP/1.1 200 OK\r\n"));
    }
}
