package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** More connections than may be, over real sockets. */
class CrowdTest {

    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(Crowd.class);

    @BeforeEach
    void listen() {
        written.start();
        log.addAppender(written);
        log.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(written);
        log.setAdditive(true);
    }

    private List<String> warnings() {
        return List.copyOf(written.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static ProxyKit.Options with(String limit, int number) {
        return ProxyKit.with().settings(usual -> Settings.connections(usual, limit, number));
    }

    /** RFC 9110 section 15.6.4. */
    @Test
    void whoeverIsOneTooManyIsToldAndLetInWhenAnotherLeaves() throws IOException {
        try (ProxyKit kit = with("most", 2).start()) {
            RawClient first = kit.client();
            RawClient second = kit.client();
            assertEquals(200, first.ask(ProxyKit.GET).status());
            assertEquals(200, second.ask(ProxyKit.GET).status());
            RawClient third = kit.client();
            Message answer = third.ask(ProxyKit.GET);
            assertEquals(503, answer.status());
            assertEquals("TOO_MANY_CONNECTIONS", answer.field("luma-reason"));
            assertEquals("1", answer.field("retry-after"));
            assertEquals("close", answer.field("connection"));
            assertEquals("", third.rest());
            assertEquals(200, first.ask(ProxyKit.GET).status());
            second.close();
            ProxyKit.await(() -> kit.clientConnections() == 1);
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
        }
    }

    @Test
    void whoIsTurnedAwayHearsItAlsoInTheMiddleOfABody() throws IOException {
        try (ProxyKit kit = with("most", 1).start()) {
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
            RawClient second = kit.client();
            second.send("POST / HTTP/1.1\r\n" + ProxyKit.HOST + "Content-Length: 100000\r\n\r\n");
            second.send(new byte[50_000]);
            assertEquals(503, second.response().status());
            assertEquals(-1, second.in().read());
            second.send(new byte[50_000]);
        }
    }

    @Test
    void anAddressWithTooManyGetsNoMore() throws IOException {
        try (ProxyKit kit = with("perAddress", 2).start()) {
            RawClient first = kit.client();
            RawClient second = kit.client();
            assertEquals(200, first.ask(ProxyKit.GET).status());
            assertEquals(200, second.ask(ProxyKit.GET).status());
            assertEquals("", kit.client().rest());
            assertEquals(200, first.ask(ProxyKit.GET).status());
            second.close();
            ProxyKit.await(() -> kit.clientConnections() == 1);
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
            assertTrue(warnings().get(0).contains("127.0.0.1"), warnings()::toString);
        }
    }

    @Test
    void aFloodIsLoggedOnce() throws IOException {
        try (ProxyKit kit = with("most", 1).loops(2).start()) {
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
            for (int i = 0; i < 300; i++) {
                try (RawClient one = kit.client()) {
                    assertEquals(503, one.response().status());
                }
            }
            assertEquals(
                    List.of("Turned away 1 connections: 1 are open, as many as max_connections allows"), warnings());
        }
    }

    @Test
    void whatHappensOftenIsSaidOnceAMinuteWithItsNumber() {
        SettableTime time = new SettableTime();
        Seldom seldom = new Seldom(time);
        assertEquals(1, seldom.happened());
        assertEquals(0, seldom.happened());
        time.now += Duration.ofSeconds(60).toNanos() - 1;
        assertEquals(0, seldom.happened());
        time.now += 1;
        assertEquals(3, seldom.happened());
        assertEquals(0, seldom.happened());
    }

    private static final class SettableTime implements dev.luma.core.Ticker {
        private long now = Long.MAX_VALUE - 5;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }
    }

    @Test
    void aProxyThatSaysNothingIsNamed() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual ->
                        Settings.timeout(Settings.behind(usual, true, "127.0.0.1"), "head", Duration.ofMillis(100)))
                .start()) {
            assertEquals("", kit.client().rest());
            assertTrue(warnings().get(0).contains("(it did not come in time)"), warnings()::toString);
        }
    }

    @Test
    void aProxyThatDoesNotIntroduceItsClientsIsNamedOnce() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.behind(usual, true, "127.0.0.1"))
                .start()) {
            for (int i = 0; i < 3; i++) {
                assertEquals("", kit.client().send(ProxyKit.GET).rest().replace("<reset>", ""));
            }
            assertEquals(1, warnings().size(), warnings()::toString);
            String warning = warnings().get(0);
            assertTrue(
                    warning.startsWith("Closed 1 connections of trusted proxies, the last one of 127.0.0.1, "),
                    warning);
            assertTrue(
                    warning.endsWith(
                            "that did not begin with a header of the PROXY protocol (the connection does not begin"
                                    + " with a PROXY header): let the proxy send it, or set proxy_protocol to off"),
                    warning);
        }
    }
}
