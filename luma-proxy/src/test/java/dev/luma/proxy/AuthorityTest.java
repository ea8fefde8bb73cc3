package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3986 section 3.2, RFC 9110 sections 4.2.1 to 4.2.4. */
@Rfc({"3986 3.2", "9110 4.2.1", "9110 4.2.4"})
class AuthorityTest {

    private static String host(String authority) throws BadMessage {
        byte[] octets = ("<" + authority + ">").getBytes(StandardCharsets.ISO_8859_1);
        return Authority.host(octets, 1, octets.length - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "app.test, app.test",
        "APP.Test, app.test",
        "app.test:8080, app.test",
        "app.test:, app.test",
        "app.test., app.test",
        "App.Test.:80, app.test",
        "app.test:65535, app.test",
        "xn--bcher-kva.test, xn--bcher-kva.test",
        "127.0.0.1:80, 127.0.0.1",
        "[::1], [::1]",
        "[::1]:8080, [::1]",
        "[2001:DB8::A]:80, [2001:db8::a]",
        "[::ffff:127.0.0.1], [::ffff:127.0.0.1]",
        "a%2Eb, a%2eb",
        "'', ''",
    })
    void isCanonical(String authority, String host) throws BadMessage {
        assertEquals(host, host(authority));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user@app.test",
                "user:secret@app.test",
                "app.test:80:80",
                "app.test:x",
                "app.test:-1",
                "app.test:65536",
                "app.test:123456",
                ":80",
                "app test",
                "app.test/",
                "app.test?",
                "app.test\\",
                "app.test,b.test\"",
                "[::1",
                "[]",
                "[::1]x",
                "[::1]80",
                "[::1%25eth0]",
                "[g::]",
                "a\u00e4.test",
                "a[b",
                "a\tb",
                "a#b",
                "a<b"
            })
    void isRefused(String authority) {
        BadMessage bad = assertThrows(BadMessage.class, () -> host(authority));
        assertEquals(Failure.BAD_REQUEST, bad.failure());
    }
}
