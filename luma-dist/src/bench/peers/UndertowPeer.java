import io.undertow.Undertow;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.net.URI;
import org.xnio.OptionMap;
import org.xnio.Options;

/** Undertow as a contestant of relay.sh. Usage: {@code UndertowPeer PORT UPSTREAM_ADDRESS UPSTREAM_PORT}. */
public final class UndertowPeer {

    /** An answer of 16 KiB fits with its head. */
    private static final int BUFFER = 32 * 1024;

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        var upstream = URI.create("http://" + arguments[1] + ":" + arguments[2]);
        // By itself it keeps few connections, and refuses requests that it has no connection for.
        var client = new LoadBalancingProxyClient()
                .addHost(upstream, null, null, OptionMap.create(Options.TCP_NODELAY, true))
                .setConnectionsPerThread(1024)
                .setSoftMaxConnectionsPerThread(1024)
                .setMaxQueueSize(4096);
        Undertow.builder()
                .setIoThreads(Runtime.getRuntime().availableProcessors())
                .setBufferSize(BUFFER)
                .setSocketOption(Options.BACKLOG, 4096)
                .addHttpListener(port, "127.0.0.1")
                .setHandler(ProxyHandler.builder().setProxyClient(client).build())
                .build()
                .start();
    }
}
