package dev.luma.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientConfigDelegate;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.Closeable;
import java.io.IOException;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * The connections to one engine. Each time that the engine comes back gets a new one, because the library sends calls
 * into connections of its pool without looking whether they still live.
 */
final class Wire implements Closeable {

    private final DockerSettings settings;
    private final DockerHttpClient http;

    /** Opens nothing yet; that is left to the first call. */
    Wire(DockerSettings settings) {
        this.settings = settings;
        // No response timeout: it has no effect on unix sockets, and on others it would cut the quiet event stream.
        ZerodepDockerHttpClient.Builder builder = new ZerodepDockerHttpClient.Builder()
                .dockerHost(settings.host())
                .connectionTimeout(settings.times().call());
        // Not for tcp://, which the library takes for https as soon as there is a context.
        this.http = (settings.isUnix() ? builder.sslConfig(Wire::noTls) : builder).build();
    }

    /**
     * What the library reads and writes with. It learns each kind of answer once, so all wires share it; and it is made
     * when it is first asked for, which is long enough to be left to those who wait for the engine anyway.
     */
    static ObjectMapper json() {
        return Shared.JSON;
    }

    private static final class Shared {
        static final ObjectMapper JSON = DockerClientConfig.getDefaultObjectMapper();
    }

    /** A client that speaks the given version; with the unknown one it lets the engine choose. */
    DockerClient client(RemoteApiVersion version) {
        // The registries' credentials come from the user's Docker configuration, as for the docker command.
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(settings.host().toString())
                .withDockerTlsVerify(false)
                .withApiVersion(version.equals(RemoteApiVersion.unknown()) ? "" : version.getVersion())
                .build();
        return DockerClientImpl.getInstance(
                new DockerClientConfigDelegate(config) {
                    @Override
                    public ObjectMapper getObjectMapper() {
                        return json();
                    }
                },
                http);
    }

    /**
     * A context that nobody uses: there is no TLS on a unix socket. By default the library would read all root
     * certificates of the machine.
     */
    private static SSLContext noTls() throws NoSuchAlgorithmException, KeyManagementException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[0], new TrustManager[0], null);
        return context;
    }

    /** Ends every call and stream that is still open. */
    @Override
    public void close() throws IOException {
        http.close();
    }
}
