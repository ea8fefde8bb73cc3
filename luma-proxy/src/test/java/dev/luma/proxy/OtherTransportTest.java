package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A transport that is not the usual one: the same, as far as its other way to tell of ends and room matters. */
abstract class OtherTransportTest extends RelayTest {

    private final Transport transport;

    OtherTransportTest(Transport transport) {
        this.transport = transport;
    }

    @Override
    ProxyKit start(ProxyKit.Options options) throws IOException {
        return options.transport(transport).start();
    }

    @Test
    void wakesAProject() throws IOException {
        try (ProxyKit kit = start(ProxyKit.with().loops(2).cold())) {
            assertTrue(kit.client().ask(ProxyKit.GET).has("server-timing"));
        }
    }

    @Test
    void takesAClientThatLeavesOutOfTheLine() throws IOException {
        try (ProxyKit kit = start(ProxyKit.with().cold())) {
            kit.runtime.hold();
            RawClient client = kit.client().send(ProxyKit.GET);
            ProxyKit.await(() -> kit.waiting() == 1);
            client.close();
            ProxyKit.await(() -> kit.waiting() == 0);
            kit.runtime.open();
        }
    }

    @Test
    void carriesATunnelToBothEnds() throws IOException {
        try (ProxyKit kit = start(ProxyKit.with())) {
            kit.upstream.next(connection -> {
                connection.request();
                connection.send(TunnelTest.SWITCH + "hello");
                connection.send(connection.untilEnd());
            });
            RawClient client = kit.client();
            assertEquals(101, client.ask(TunnelTest.UPGRADE).status());
            client.send("world").halfClose();
            assertEquals("helloworld", client.rest());
        }
    }

    @Test
    void holdsBackAWriterWhoseReaderIsSlow() throws IOException {
        byte[] body = new byte[32 << 20];
        try (ProxyKit kit = start(ProxyKit.with())) {
            CompletableFuture<Void> written = new CompletableFuture<>();
            kit.upstream.next(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                connection.send(body);
                written.complete(null);
            });
            RawClient client = kit.client(16 * 1024).send(ProxyKit.GET);
            client.reader().responseHead();
            Flow.assertBufferedAtMost(kit, 2 << 20);
            assertEquals(body.length, client.read(body.length).length());
            written.join();
        }
    }
}
