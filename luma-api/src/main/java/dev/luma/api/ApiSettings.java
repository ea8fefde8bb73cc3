package dev.luma.api;

/**
 * How the control plane is reached.
 *
 * @param host the address to listen on; a loopback address, because the API has no access control of its own
 * @param port the port to listen on; 0 for any free one
 * @param proxyPort the port of the data plane, for the addresses of projects
 * @param version the version of Luma, shown at the root of the API
 */
public record ApiSettings(String host, int port, int proxyPort, String version) {

    public ApiSettings {
        if (!HostGuard.isLoopback(host)) {
            throw new IllegalArgumentException("api_host must be a loopback address such as 127.0.0.1, but is " + host
                    + ": the API has no access control, so it serves this machine only");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("api_port must be from 0 to 65535, but is " + port);
        }
    }
}
