package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a proxy in front says of its clients, where it is trusted. */
@Rfc("7239 8.1")
class TrustedProxiesTest {

    private static final ProxySettings.Front FRONT = Settings.behind(
                    ProxySettings.DEFAULTS, false, "127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32")
            .front();

    private static Relayed relayed(Peer peer, String fields) throws BadMessage {
        RequestHead head = new RequestHead();
        byte[] octets =
                ("GET / HTTP/1.1\r\nHost: app.test\r\n" + fields + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(octets.length, head.scan(octets, octets.length));
        return new Relayed(peer, FRONT, head, "app.test");
    }

    private static String field(String name, Relayed relayed) {
        String lines = new String(relayed.lines(), StandardCharsets.ISO_8859_1);
        return lines.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findAny()
                .orElse("-");
    }

    private static Relayed relayed(String fields) throws BadMessage {
        return relayed(new Peer("10.0.0.1", true, false), fields);
    }

    /** From the right, past those that are trusted; what is no address is where belief ends. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 | 192.0.2.1 | 192.0.2.1, 10.0.0.1",
                "6.6.6.6, 192.0.2.1 | 192.0.2.1 | 6.6.6.6, 192.0.2.1, 10.0.0.1",
                "6.6.6.6,192.0.2.1,10.9.9.9 | 192.0.2.1 | 6.6.6.6,192.0.2.1,10.9.9.9, 10.0.0.1",
                "10.1.1.1, 10.2.2.2 | 10.1.1.1 | 10.1.1.1, 10.2.2.2, 10.0.0.1",
                "'' | 10.0.0.1 | 10.0.0.1",
                "unknown | 10.0.0.1 | unknown, 10.0.0.1",
                "6.6.6.6, garbage, 10.2.2.2 | 10.2.2.2 | 6.6.6.6, garbage, 10.2.2.2, 10.0.0.1",
                "6.6.6.6, | 10.0.0.1 | 6.6.6.6,, 10.0.0.1",
                "6.6.6.6, localhost | 10.0.0.1 | 6.6.6.6, localhost, 10.0.0.1",
                "192.0.2.1:443 | 192.0.2.1 | 192.0.2.1:443, 10.0.0.1",
                "192.0.2.1:port | 10.0.0.1 | 192.0.2.1:port, 10.0.0.1",
                "2001:db9::1 | 2001:db9::1 | 2001:db9::1, 10.0.0.1",
                "[2001:db9::1] | 2001:db9::1 | [2001:db9::1], 10.0.0.1",
                "[2001:db9::1]:80 | 2001:db9::1 | [2001:db9::1]:80, 10.0.0.1",
                "[2001:db9::1]x | 10.0.0.1 | [2001:db9::1]x, 10.0.0.1",
                "192.0.2.1, 2001:db8::1 | 192.0.2.1 | 192.0.2.1, 2001:db8::1, 10.0.0.1",
                "::ffff:192.0.2.1 | 192.0.2.1 | ::ffff:192.0.2.1, 10.0.0.1",
                "fe80::1%eth0 | 10.0.0.1 | fe80::1%eth0, 10.0.0.1",
                "1.2.3 | 10.0.0.1 | 1.2.3, 10.0.0.1",
            })
    void findsTheClient(String chain, String client, String passedOn) throws BadMessage {
        Relayed relayed = relayed("X-Forwarded-For: " + chain + "\r\n");
        assertEquals(client, relayed.clientAddress());
        assertEquals(passedOn, field("X-Forwarded-For", relayed));
        String node = client.contains(":") ? "\"[" + client + "]\"" : client;
        assertEquals("for=" + node + ";proto=http;host=\"app.test\"", field("Forwarded", relayed));
    }

    /** RFC 9110 section 5.3: lines of one name are one list. */
    @Rfc("9110 5.3")
    @Test
    void readsLinesAsOneList() throws BadMessage {
        Relayed relayed = relayed("X-Forwarded-For: 6.6.6.6\r\nA: b\r\nx-forwarded-for: 192.0.2.1, 10.2.2.2\r\n");
        assertEquals("6.6.6.6, 192.0.2.1, 10.2.2.2, 10.0.0.1", field("X-Forwarded-For", relayed));
        assertEquals("192.0.2.1", relayed.clientAddress());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Proto | https | https",
                "Proto | HTTPS | https",
                "Proto | wss | wss",
                "Proto | http, https | https",
                "Proto | ftp | http",
                "Proto | https;x | http",
                "Proto | '' | http",
                "Host | shop.example | shop.example",
                "Host | shop.example:8443 | shop.example:8443",
                "Host | [::1]:80 | [::1]:80",
                "Host | a.test, b.test | b.test",
                "Host | a b | app.test",
                "Host | a\"b | app.test",
                "Host | user@a | app.test",
                "Host | \u00e4.test | app.test",
                "Host | '' | app.test",
                "Port | 443 | 443",
                "Port | 0 | -",
                "Port | 65536 | -",
                "Port | 44x | -",
            })
    void keepsWhatIsSound(String word, String value, String kept) throws BadMessage {
        Relayed relayed = relayed("x-forwarded-" + word + ": " + value + "\r\n");
        assertEquals(kept, field("X-Forwarded-" + word, relayed));
    }

    /** Many proxies that set X-Forwarded-* let this one through from anybody. */
    @Rfc("7239 8.1")
    @Test
    void saysInForwardedWhatItBelievesAndNothingElse() throws BadMessage {
        Relayed relayed = relayed("Forwarded: for=6.6.6.6;host=evil;proto=ws\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: shop.example\r\nX-Forwarded-For: 192.0.2.1\r\n");
        assertEquals("for=192.0.2.1;proto=https;host=\"shop.example\"", field("Forwarded", relayed));
    }

    private static ProxyKit kit(String... ranges) throws IOException {
        return ProxyKit.with()
                .settings(usual -> Settings.behind(usual, false, ranges))
                .start();
    }

    private static final String SAID = "GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: shop.example\r\nX-Forwarded-Port: 443\r\nX-Forwarded-User: ada\r\nX-Real-IP: 192.0.2.1\r\n"
            + "X_Forwarded_User: root\r\nForwarded: for=6.6.6.6\r\n" + ProxyKit.HOST + "\r\n";

    @Test
    void passesOnWhatATrustedProxySays() throws IOException {
        try (ProxyKit kit = kit("192.0.2.0/24", "127.0.0.1")) {
            kit.client().ask(SAID);
            assertEquals(
                    List.of(
                            "X-Forwarded-User: ada",
                            "X-Real-IP: 192.0.2.1",
                            "Host: app.test",
                            "Via: 1.1 luma",
                            "X-Forwarded-For: 192.0.2.1, 127.0.0.1",
                            "X-Forwarded-Proto: https",
                            "X-Forwarded-Host: shop.example",
                            "X-Forwarded-Port: 443",
                            "Forwarded: for=192.0.2.1;proto=https;host=\"shop.example\""),
                    kit.upstream.onlyRequest().lines().subList(0, 9));
        }
    }

    /** A client that nominates what a trusted proxy says does not get it removed, and neither what Luma says. */
    @Rfc("9110 7.6.1")
    @Test
    void letsNoNominationTakeItAway() throws IOException {
        try (ProxyKit kit = kit("127.0.0.1")) {
            kit.client()
                    .ask(SAID.replace(
                            "Forwarded: for", "Connection: X-Forwarded-User, X-Forwarded-Proto\r\nForwarded: for"));
            assertEquals("ada", kit.upstream.onlyRequest().field("x-forwarded-user"));
            assertEquals("https", kit.upstream.onlyRequest().field("x-forwarded-proto"));
        }
    }

    @Test
    void believesNobodyElse() throws IOException {
        try (ProxyKit kit = kit("192.0.2.0/24", "127.0.0.2", "::1")) {
            kit.client().ask(SAID);
            Message seen = kit.upstream.onlyRequest();
            assertEquals("127.0.0.1", seen.field("x-forwarded-for"));
            assertEquals("http", seen.field("x-forwarded-proto"));
            assertEquals("app.test", seen.field("x-forwarded-host"));
            assertEquals("for=127.0.0.1;proto=http;host=\"app.test\"", seen.field("forwarded"));
            assertFalse(seen.has("x-forwarded-port"));
            assertFalse(seen.has("x-forwarded-user"));
        }
    }

    /** Each request of a proxy's connection is of another client. */
    @Test
    void readsEachRequestAnew() throws IOException {
        try (ProxyKit kit = kit("127.0.0.1")) {
            RawClient client = kit.client();
            client.ask(SAID);
            client.ask(ProxyKit.GET);
            client.ask(SAID.replace("192.0.2.1", "192.0.2.2").replace("https", "http"));
            List<Message> seen = kit.upstream.requests();
            assertEquals("127.0.0.1", seen.get(1).field("x-forwarded-for"));
            assertEquals("app.test", seen.get(1).field("x-forwarded-host"));
            assertEquals("192.0.2.2, 127.0.0.1", seen.get(2).field("x-forwarded-for"));
            assertEquals("http", seen.get(2).field("x-forwarded-proto"));
        }
    }

    @Test
    void countsNoConnectionsOfAProxyByItsAddress() throws IOException {
        try (ProxyKit kit = ProxyKit.with()
                .settings(usual -> Settings.behind(Settings.connections(usual, "perAddress", 1), false, "127.0.0.1"))
                .start()) {
            RawClient first = kit.client();
            assertEquals(200, first.ask(ProxyKit.GET).status());
            assertEquals(200, kit.client().ask(ProxyKit.GET).status());
            assertEquals(200, first.ask(ProxyKit.GET).status());
        }
    }
}
