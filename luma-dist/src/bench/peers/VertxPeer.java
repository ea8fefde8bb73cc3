import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;

/** Vert.x as a contestant of relay.sh. Usage: {@code VertxPeer PORT UPSTREAM_ADDRESS UPSTREAM_PORT}. */
public final class VertxPeer {

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        String upstreamAddress = arguments[1];
        int upstreamPort = Integer.parseInt(arguments[2]);
        int loops = Runtime.getRuntime().availableProcessors();
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops));
        if (!vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException("no epoll", vertx.unavailableNativeTransportCause());
        }
        // An instance a loop, each with a server and a pool of its own: a request never changes threads.
        vertx.deployVerticle(
                        () -> new Relay(port, upstreamAddress, upstreamPort),
                        new DeploymentOptions().setInstances(loops))
                .onFailure(failure -> {
                    System.err.println("Vert.x does not start: " + failure);
                    System.exit(1);
                });
    }

    private static final class Relay extends VerticleBase {

        private final int port;
        private final String upstreamAddress;
        private final int upstreamPort;

        Relay(int port, String upstreamAddress, int upstreamPort) {
            this.port = port;
            this.upstreamAddress = upstreamAddress;
            this.upstreamPort = upstreamPort;
        }

        @Override
        public Future<?> start() {
            var client = vertx.createHttpClient(
                    new HttpClientOptions().setKeepAliveTimeout(300), new PoolOptions().setHttp1MaxSize(1024));
            var proxy = HttpProxy.reverseProxy(client)
                    .origin(upstreamPort, upstreamAddress)
                    .addInterceptor(new Forwarded(), true);
            return vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(4096))
                    .requestHandler(proxy)
                    .listen(port, "127.0.0.1");
        }
    }

    /** Passes the host on, and says about the client what all others say by themselves. */
    private static final class Forwarded implements ProxyInterceptor {

        @Override
        public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
            ProxyRequest request = context.request();
            HttpServerRequest client = request.proxiedRequest();
            request.setAuthority(client.authority());
            request.putHeader("X-Forwarded-For", client.remoteAddress().hostAddress());
            request.putHeader("X-Forwarded-Proto", client.scheme());
            request.putHeader("X-Forwarded-Host", client.authority().toString());
            return context.sendRequest();
        }
    }
}
