package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.Cidr;
import dev.luma.proxy.ProxySettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpTest {

    /** The proxy takes a header from those that it trusts only, and from those nothing else. */
    @ParameterizedTest
    @CsvSource({
        "true,  127.0.0.0/8, PROXY UNKNOWN",
        "true,  192.0.2.0/24, GET / HTTP/1.1",
        "false, 127.0.0.0/8, GET / HTTP/1.1"
    })
    void introducesItselfWhereTheProxyWantsIt(boolean proxyProtocol, String trusted, String firstLine)
            throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> firstLine(proxy));
            ProxySettings settings = ProxySettings.DEFAULTS
                    .at("127.0.0.1", 0)
                    .with(new ProxySettings.Front(List.of(Cidr.of(trusted)), proxyProtocol));
            new WarmUp(settings, proxy.getLocalPort(), "127.0.0.1", closedPort()).run();
            assertEquals(firstLine, said.get());
        }
    }

    private static String firstLine(ServerSocket proxy) {
        try (Socket one = proxy.accept();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(one.getInputStream(), StandardCharsets.US_ASCII))) {
            return in.readLine();
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return taken.getLocalPort();
        }
    }
}
