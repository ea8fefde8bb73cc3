package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that a proxy passes on, with a header in front that names the client. */
class ProxyProtocolTest {

    private static final String LINE = "PROXY TCP4 192.0.2.1 198.51.100.1 50000 443\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    /** The same, by a client that speaks TLS. */
    private static final String BINARY = binary("2111" + "0014" + "c0000201c6336401c35001bb" + "2000050100000000");

    private static final String LOCAL = binary("20000000");

    private static String binary(String rest) {
        return new String(HexFormat.of().parseHex(SIGNATURE + rest), StandardCharsets.ISO_8859_1);
    }

    private static ProxyKit.Options from(String... ranges) {
        return ProxyKit.with().settings(usual -> Settings.behind(usual, true, ranges));
    }

    private static String forwarded(Message seen) {
        return seen.field("x-forwarded-for") + " " + seen.field("x-forwarded-proto");
    }

    @Test
    void takesTheClientFromALine() throws IOException {
        try (ProxyKit kit = from("127.0.0.1").start()) {
            RawClient client = kit.client();
            assertEquals("ok", client.ask(LINE + ProxyKit.GET).text());
            assertEquals("ok", client.ask(ProxyKit.GET).text());
            assertEquals(
                    List.of("192.0.2.1 http", "192.0.2.1 http"),
                    kit.upstream.requests().stream()
                            .map(ProxyProtocolTest::forwarded)
                            .toList());
        }
    }

    @Test
    void takesTheClientFromABinaryHeader() throws IOException {
        try (ProxyKit kit = from("127.0.0.1").start()) {
            assertEquals("ok", kit.client().ask(BINARY + ProxyKit.GET).text());
            assertEquals("192.0.2.1 https", forwarded(kit.upstream.onlyRequest()));
            assertEquals(
                    "for=192.0.2.1;proto=https;host=\"app.test\"",
                    kit.upstream.onlyRequest().field("forwarded"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LINE, "PROXY UNKNOWN\r\n", "v2", "local"})
    void takesAHeaderInPieces(String header) throws IOException {
        String octets = header.equals("v2") ? BINARY : header.equals("local") ? LOCAL : header;
        try (ProxyKit kit = from("127.0.0.1").start()) {
            RawClient client = kit.client();
            for (int i = 0; i < octets.length(); i++) {
                client.send(octets.substring(i, i + 1));
            }
            client.send(ProxyKit.GET.substring(0, 1));
            assertEquals("ok", client.ask(ProxyKit.GET.substring(1)).text());
        }
    }

    /** Whatever is behind the proxy could have said it. */
    @ParameterizedTest
    @ValueSource(strings = {LINE, "PROXY UNKNOWN\r\n"})
    void believesNoFieldsOfWhoeverIsBehindTheProxy(String header) throws IOException {
        try (ProxyKit kit = from("127.0.0.1").start()) {
            kit.client()
                    .ask(header + "GET / HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
                            + ProxyKit.HOST + "\r\n");
            assertEquals(
                    header.equals(LINE) ? "192.0.2.1 http" : "127.0.0.1 http", forwarded(kit.upstream.onlyRequest()));
        }
    }

    /** Two proxies in a row: the near one passes connections on, the far one requests. */
    @Test
    void believesTheFieldsOfATrustedProxyBehindTheProxy() throws IOException {
        try (ProxyKit kit = from("127.0.0.1", "192.0.2.0/24").start()) {
            kit.client()
                    .ask(LINE + "GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
                            + ProxyKit.HOST + "\r\n");
            assertEquals("203.0.113.9, 192.0.2.1 https", forwarded(kit.upstream.onlyRequest()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ProxyKit.GET, "PROXY TCP4 a b c d\r\n", "PROXY\r\n", "\r\n\r\n\0\r\nQUIT!", "X"})
    void endsAConnectionOfATrustedProxyThatHasNoHeader(String octets) throws IOException {
        try (ProxyKit kit = from("127.0.0.1").start()) {
            assertTrue(List.of("", "<reset>").contains(kit.client().send(octets).rest()));
            assertEquals(List.of(), kit.upstream.requests());
        }
    }

    @Test
    void endsAConnectionThatEndsBeforeItsHeader() throws IOException {
        try (ProxyKit kit = from("127.0.0.1").start()) {
            RawClient client = kit.client().send(LINE.substring(0, 9));
            client.halfClose();
            assertEquals("", client.rest());
        }
    }

    @Test
    void endsAConnectionWhoseHeaderDoesNotCome() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.behind(
                        Settings.clientTimeouts(usual, Duration.ofMillis(50), Duration.ofDays(1)), true, "127.0.0.1"))
                .start()) {
            assertEquals("", kit.client().send(LINE.substring(0, 9)).rest());
        }
    }

    /** Nobody else can say that it is somebody else: its header is only a bad request. */
    @Test
    void takesNoHeaderFromAnybodyElse() throws IOException {
        try (ProxyKit kit = from("192.0.2.0/24", "127.0.0.2").start()) {
            assertEquals(400, kit.client().ask(LINE + ProxyKit.GET).status());
            assertEquals(400, kit.client().ask(BINARY + ProxyKit.GET).status());
            assertEquals(List.of(), kit.upstream.requests());
            assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
            assertEquals("127.0.0.1 http", forwarded(kit.upstream.onlyRequest()));
        }
    }

    @Test
    void takesNoHeaderWhereItIsOff() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.behind(usual, false, "127.0.0.1"))
                .start()) {
            assertEquals(400, kit.client().ask(LINE + ProxyKit.GET).status());
        }
    }

    @Test
    void takesNoSecondHeader() throws IOException {
        try (ProxyKit kit = from("127.0.0.1").start()) {
            assertEquals(400, kit.client().ask(LINE + LINE + ProxyKit.GET).status());
        }
    }

    @Test
    void countsConnectionsByTheAddressThatIsNamed() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.behind(Settings.connections(usual, "perAddress", 1), true, "127.0.0.1"))
                .start()) {
            RawClient first = kit.client();
            assertEquals(200, first.ask(LINE + ProxyKit.GET).status());
            String other = LINE.replace("192.0.2.1", "192.0.2.2");
            assertEquals(200, kit.client().ask(other + ProxyKit.GET).status());
            assertTrue(List.of("", "<reset>")
                    .contains(kit.client().send(LINE + ProxyKit.GET).rest()));
            first.close();
            ProxyKit.await(() -> kit.clientConnections() == 1);
            assertEquals(200, kit.client().ask(LINE + ProxyKit.GET).status());
        }
    }

    /** It brings those of many clients, as the near one does. */
    @Test
    void doesNotCountTheAddressOfATrustedProxyBehindTheProxy() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.behind(
                        Settings.connections(usual, "perAddress", 1), true, "127.0.0.1", "192.0.2.0/24"))
                .start()) {
            assertEquals(200, kit.client().ask(LINE + ProxyKit.GET).status());
            assertEquals(200, kit.client().ask(LINE + ProxyKit.GET).status());
        }
    }

    @Test
    void servesWithoutEpollToo() throws IOException {
        try (ProxyKit kit = from("127.0.0.1").nio().start()) {
            assertEquals("ok", kit.client().ask(BINARY + ProxyKit.GET).text());
            assertEquals("192.0.2.1 https", forwarded(kit.upstream.onlyRequest()));
        }
    }
}
