import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty as a contestant of relay.sh. Usage: {@code JettyPeer PORT UPSTREAM_ADDRESS UPSTREAM_PORT}. */
public final class JettyPeer {

    private static final int SELECTORS = Runtime.getRuntime().availableProcessors();
    private static final int IDLE_MILLIS = 300_000;
    /** An answer of 16 KiB fits with its head. */
    private static final int BUFFER = 32 * 1024;

    public static void main(String[] arguments) throws Exception {
        var server = new Server();
        var http = new HttpConfiguration();
        http.setOutputBufferSize(BUFFER);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        var connector = new ServerConnector(server, 1, SELECTORS, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        connector.setAcceptQueueSize(4096);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.setHandler(new Relay(arguments[1], Integer.parseInt(arguments[2])));
        server.start();
    }

    private static final class Relay extends ProxyHandler.Reverse {

        Relay(String address, int port) {
            super(request -> HttpURI.build(request.getHttpURI())
                    .scheme("http")
                    .host(address)
                    .port(port)
                    .asImmutable());
            setUseServerThreadPool(true);
        }

        @Override
        protected HttpClient newHttpClient() {
            var connector = new ClientConnector();
            connector.setSelectors(SELECTORS);
            return new HttpClient(new HttpClientTransportOverHTTP(connector));
        }

        @Override
        protected void configureHttpClient(HttpClient client) {
            super.configureHttpClient(client);
            client.setMaxConnectionsPerDestination(1024);
            client.setMaxRequestsQueuedPerDestination(4096);
            client.setResponseBufferSize(BUFFER);
            client.setIdleTimeout(IDLE_MILLIS);
            client.setUserAgentField(null);
        }
    }
}
