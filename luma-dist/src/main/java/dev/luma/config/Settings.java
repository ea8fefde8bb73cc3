package dev.luma.config;

import dev.luma.core.Cidr;
import dev.luma.core.Limits;
import dev.luma.core.MemoryReserve;
import dev.luma.proxy.ProxySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** All settings of one Luma, typed and valid. {@link SettingTable} says what each is for, {@link SettingsLoader} makes one. */
public record Settings(
        ProxySettings proxy,
        String apiHost,
        int apiPort,
        String dockerHost,
        int sandboxes,
        int keptContainers,
        Duration keptTimeout,
        Path stateDir,
        Duration inactivityTimeout,
        Duration pauseTimeout,
        MemoryReserve memoryReserve,
        Duration waitTimeout,
        int lineCapacity,
        int maxWaiting,
        int startsAtOnce,
        long prewarmMemory,
        Duration startTimeout,
        Duration stopGrace,
        Duration drainTimeout,
        Duration shutdownTimeout,
        EventLoopChoice eventLoop,
        LogLevel logLevel,
        AccessLogFormat accessLog,
        String accessLogPath,
        List<Cidr> allowedUpstreams) {

    public String proxyHost() {
        return proxy.host();
    }

    public int proxyPort() {
        return proxy.port();
    }

    /** The part that the domain works with. */
    public Limits limits() {
        return new Limits(
                inactivityTimeout,
                pauseTimeout,
                waitTimeout,
                lineCapacity,
                maxWaiting,
                startTimeout,
                stopGrace,
                drainTimeout,
                startsAtOnce,
                memoryReserve,
                prewarmMemory);
    }
}
