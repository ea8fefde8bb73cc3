package dev.luma.proxy;

import java.time.Duration;

/** {@link ProxySettings} with one value changed. */
final class Settings {

    private Settings() {}

    static ProxySettings upstreamIdle(ProxySettings from, Duration timeout) {
        return new ProxySettings(
                from.host(),
                from.port(),
                from.maxHead(),
                from.maxParked(),
                from.headTimeout(),
                from.idleTimeout(),
                from.connectTimeout(),
                timeout,
                from.lingerTimeout());
    }

    static ProxySettings clientTimeouts(ProxySettings from, Duration head, Duration idle) {
        return new ProxySettings(
                from.host(),
                from.port(),
                from.maxHead(),
                from.maxParked(),
                head,
                idle,
                from.connectTimeout(),
                from.upstreamIdleTimeout(),
                from.lingerTimeout());
    }
}
