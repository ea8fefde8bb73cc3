package dev.luma.server;

import dev.luma.proxy.ProxySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the proxy and the API a request each, so that no user's request pays for the loading of classes. Blocks. */
record WarmUp(ProxySettings proxy, int proxyPort, String apiHost, int apiPort) implements Runnable {

    /** RFC 2606 keeps this name from ever being anybody's. */
    static final String HOST = "luma.invalid";

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int PATIENCE_MILLIS = 5_000;

    @Override
    public void run() {
        ask(proxy.host(), proxyPort, proxy.front(), "/", HOST);
        ask(apiHost, apiPort, ProxySettings.Front.DEFAULTS, "/projects", "localhost");
    }

    private static void ask(String host, int port, ProxySettings.Front front, String path, String name) {
        try (Socket socket = new Socket()) {
            InetAddress address = InetAddress.getByName(host);
            socket.connect(
                    new InetSocketAddress(
                            address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address, port),
                    PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            boolean introduced = front.proxyProtocol() && front.trusts(socket.getLocalAddress());
            String request = (introduced ? "PROXY UNKNOWN\r\n" : "") + "GET " + path + " HTTP/1.1\r\nHost: " + name
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            LOG.debug("Warmed up {}:{} ({} octets)", host, port, answer.length);
        } catch (IOException cold) {
            LOG.debug("Warming up {}:{} failed; the first request will do it", host, port, cold);
        }
    }
}
