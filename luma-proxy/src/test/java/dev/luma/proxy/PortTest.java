package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** The port to listen on. */
class PortTest {

    private static ProxyKit start(int port) throws IOException {
        return ProxyKit.with()
                .loops(2)
                .settings(settings -> settings.at("127.0.0.1", port))
                .start();
    }

    private static void assertTaken(int port) {
        IOException taken = assertThrows(IOException.class, () -> start(port));
        assertTrue(taken.getMessage().startsWith("cannot listen on 127.0.0.1:" + port + ": "), taken.getMessage());
    }

    @Test
    void isReportedWhenAnotherProgramHasIt() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertTaken(other.getLocalPort());
        }
    }

    /** Loops share their port, and two processes of one user could, too. */
    @Test
    void isReportedWhenAnotherLumaHasIt() throws IOException {
        try (ProxyKit other = ProxyKit.with().loops(2).start()) {
            assertTaken(other.server.port());
            assertEquals("ok", other.client().ask(ProxyKit.GET).text());
        }
    }

    @Test
    void canBeUsedAgainAtOnce() throws IOException {
        int port;
        try (ProxyKit first = ProxyKit.with().loops(2).start()) {
            port = first.server.port();
            assertEquals("ok", first.client().ask(ProxyKit.GET).text());
        }
        try (ProxyKit second = start(port)) {
            assertEquals(port, second.server.port());
            assertEquals("ok", second.client().ask(ProxyKit.GET).text());
        }
    }

    /** Every loop has its listener; whichever the kernel picks answers. */
    @Test
    void isServedByEveryLoop() throws IOException {
        try (ProxyKit kit = ProxyKit.with().loops(3).start()) {
            for (int i = 0; i < 60; i++) {
                assertEquals("ok", kit.client().ask(ProxyKit.GET).text());
            }
            for (Loop loop : kit.server.loops()) {
                assertTrue(loop.eventLoop
                                .submit(loop::clients)
                                .syncUninterruptibly()
                                .getNow()
                        > 0);
            }
        }
    }
}
