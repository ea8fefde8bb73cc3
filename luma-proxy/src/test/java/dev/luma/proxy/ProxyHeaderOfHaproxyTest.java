package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The PROXY protocol as HAProxy 2.6 puts it on the wire: recorded, not made by hand. Also given octet by octet. */
class ProxyHeaderOfHaproxyTest {

    private static final String BINARY = "0d0a0d0a000d0a515549540a";
    private static final String LOOPBACK = "7f0000017f000001";
    private static final String LOOPBACK_6 = "00000000000000000000000000000001";

    private final ProxyHeader header = new ProxyHeader();

    @ParameterizedTest
    @CsvSource({
        // send-proxy
        "50524f58592054435034203132372e302e302e31203132372e302e302e312035303338302031393130310d0a, 127.0.0.1",
        "50524f58592054435036203a3a31203a3a312033333035382031393130310d0a, ::1",
        // send-proxy-v2
        BINARY + "2111000c" + LOOPBACK + "95c24a9e, 127.0.0.1",
        BINARY + "21210024" + LOOPBACK_6 + LOOPBACK_6 + "93ea4a9e, ::1",
        // proxy-v2-options crc32c,unique-id,authority,ssl
        BINARY + "21110030" + LOOPBACK + "c3364a9f" + "03000415a6b699" + "05001237463030303030313a433333365f30303034"
                + "2000050000000000, 127.0.0.1",
        // check-send-proxy: a question of its own
        BINARY + "20000000, ''",
    })
    void isRead(String hex, String source) throws BadMessage {
        byte[] octets = HexFormat.of().parseHex(hex);
        for (int end = 0; end < octets.length; end++) {
            assertEquals(0, header.scan(Arrays.copyOf(octets, end), end));
        }
        assertEquals(octets.length, header.scan(octets, octets.length));
        InetAddress found = header.source();
        assertEquals(source, found == null ? "" : NetUtil.toAddressString(found));
    }
}
