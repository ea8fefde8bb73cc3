package dev.luma.server;

import dev.luma.api.ApiServer;
import dev.luma.api.ApiSettings;
import dev.luma.config.AccessLogFormat;
import dev.luma.config.SettingTable;
import dev.luma.config.Settings;
import dev.luma.core.Projects;
import dev.luma.core.Scheduler;
import dev.luma.core.Ticker;
import dev.luma.proxy.AccessLog;
import dev.luma.proxy.EventLoops;
import dev.luma.proxy.NettyReadinessProbe;
import dev.luma.proxy.ProxyServer;
import dev.luma.proxy.Transport;
import dev.luma.store.FileProjectStore;
import dev.luma.store.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root: makes everything, connects it, and stops it again. Used by one thread. */
final class Luma {

    private static final Logger LOG = LoggerFactory.getLogger(Luma.class);
    private static final int CHANGES_AT_A_TIME = 2;
    /** They wait more than they work, some seconds each for what does not answer. */
    private static final int LOOKUPS_AT_A_TIME = 16;

    /** Of each event loop; more than come while the writer pauses, unless the disk stalls. */
    private static final int UNWRITTEN_RECORDS = 2048;

    /** What the engine may take to remove a container, on top of the grace that the container has. */
    private static final Duration REMOVAL = Duration.ofSeconds(15);

    private static final Duration MARGIN = Duration.ofSeconds(3);

    private final Settings settings;
    private final Projects projects;
    private final ApiServer api;
    private final ProxyServer proxy;
    private final RuntimeMaker.Made runtime;
    private final ExecutorService workers;
    private final Lifecycle lifecycle;

    private Luma(
            Settings settings,
            Projects projects,
            ApiServer api,
            ProxyServer proxy,
            RuntimeMaker.Made runtime,
            ExecutorService workers,
            Lifecycle lifecycle) {
        this.settings = settings;
        this.projects = projects;
        this.api = api;
        this.proxy = proxy;
        this.runtime = runtime;
        this.workers = workers;
        this.lifecycle = lifecycle;
    }

    /** Starts everything; serves when it returns. After a failure nothing is left running. */
    static Luma start(Settings settings, String version, RuntimeMaker runtimes) throws StartException {
        Lifecycle lifecycle = new Lifecycle();
        try {
            return start(settings, version, runtimes, lifecycle);
        } catch (StartException | RuntimeException failed) {
            try {
                lifecycle.stop();
            } catch (Exception alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    private static Luma start(Settings settings, String version, RuntimeMaker runtimes, Lifecycle lifecycle)
            throws StartException {
        StateDirectory state = open(settings);
        lifecycle.onStop("state directory", state);

        Ticker ticker = new SystemTicker();
        Pools pools = new Pools(ticker);
        lifecycle.onStop("threads", () -> pools.stop(MARGIN));
        ExecutorService workers = pools.bounded("luma-worker", CHANGES_AT_A_TIME);

        Scheduler timer = new PoolScheduler(pools.timer("luma-timer"));

        // They end after the runtime: what it gives up when it closes still calls off probes on them.
        EventLoops loops = loops(settings.eventLoop().transport());
        lifecycle.onStop("event loops", loops);

        RuntimeMaker.Made runtime = runtimes.make(settings, state.owner(), pools, ticker);
        lifecycle.onStop("container runtime", runtime.close());

        Projects projects = new Projects(
                new ExternalUpstreams(
                        runtime.runtime(),
                        AddressFinder.ofSystem(new AllowedUpstreams(
                                settings.allowedUpstreams(),
                                Set.copyOf(List.of(settings.apiPort(), settings.proxyPort())))),
                        pools.bounded("luma-lookup", LOOKUPS_AT_A_TIME),
                        timer),
                new NettyReadinessProbe(loops),
                store(state),
                ticker,
                timer,
                settings.limits(),
                new ProcMemory(ProcMemory.PROC),
                new TransitionLog(),
                new InstancePrefixes(ticker.instant().toEpochMilli()));
        load(projects, state);

        AccessLog accessLog = accessLog(settings, ticker, lifecycle);
        ProxyServer proxy =
                new ProxyServer(loops, FileLimit.fit(settings.proxy()), projects.routes(), ticker, accessLog);
        // Requests are taken first; the engine and the API have so much to load that nobody should wait for it.
        startProxy(settings, proxy);
        runtime.connect().run();
        ApiServer api = new ApiServer(
                new ApiSettings(settings.apiHost(), settings.apiPort(), settings.proxyPort(), version),
                projects,
                runtime.runtime(),
                Threads.loops("luma-api"),
                workers);
        startApi(settings, api);
        lifecycle.onStop("API", () -> await("connections of the API", api.stop(), MARGIN));
        return new Luma(settings, projects, api, proxy, runtime, workers, lifecycle);
    }

    int proxyPort() {
        return proxy.port();
    }

    int apiPort() {
        return api.port();
    }

    Projects projects() {
        return projects;
    }

    /** Lets the first request of a user find everything loaded. Returns at once; done when it is. */
    CompletionStage<Void> warmUp() {
        return CompletableFuture.runAsync(
                        new WarmUp(settings.proxy(), proxyPort(), settings.apiHost(), apiPort()), workers)
                .thenCompose(done -> runtime.warm().get());
    }

    /**
     * Takes nothing new, lets requests in flight finish within the limit, refuses those that wait, stops all containers
     * at the same time, and then everything else. What cannot be stopped is logged and left.
     */
    void stop() throws InterruptedException {
        CompletionStage<Void> requests = proxy.stop(settings.shutdownTimeout());
        CompletionStage<Void> containers = projects.close(settings.shutdownTimeout());
        await("requests in flight", requests, settings.shutdownTimeout().plus(MARGIN));
        await(
                "containers (the next start removes them)",
                containers,
                settings.stopGrace().plus(REMOVAL));
        await("networks that waited for containers", runtime.leave().get(), REMOVAL);
        try {
            lifecycle.stop();
        } catch (InterruptedException interrupted) {
            throw interrupted;
        } catch (Exception failed) {
            LOG.warn("Not everything could be stopped in order", failed);
        }
    }

    private static void await(String what, CompletionStage<Void> stage, Duration limit) throws InterruptedException {
        try {
            stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            LOG.warn("Not all of these have ended in time: {}", what);
        } catch (ExecutionException failed) {
            LOG.warn("Not all of these could be ended: {}", what, failed.getCause());
        }
    }

    private static StateDirectory open(Settings settings) throws StartException {
        try {
            return StateDirectory.open(settings.stateDir());
        } catch (IOException refused) {
            throw StartException.because(refused);
        }
    }

    private static FileProjectStore store(StateDirectory state) throws StartException {
        try {
            return FileProjectStore.in(state);
        } catch (IOException refused) {
            throw StartException.because(refused);
        }
    }

    private static void load(Projects projects, StateDirectory state) throws StartException {
        try {
            projects.load();
        } catch (IOException unreadable) {
            throw new StartException(
                    "the projects in " + state.path() + " cannot be read (" + unreadable
                            + "): make them readable for the user that runs Luma",
                    unreadable);
        }
    }

    private static EventLoops loops(Transport transport) throws StartException {
        try {
            return EventLoops.create(
                    Runtime.getRuntime().availableProcessors(), Threads.loops("luma-proxy"), transport);
        } catch (IllegalArgumentException missing) {
            throw new StartException(
                    "event_loop: " + missing.getMessage() + "; leave event_loop at auto, or allow it on this machine",
                    missing);
        }
    }

    private static AccessLog accessLog(Settings settings, Ticker ticker, Lifecycle lifecycle) throws StartException {
        if (settings.accessLog() == AccessLogFormat.OFF) {
            return AccessLog.off();
        }
        AccessLog log = AccessLog.on(UNWRITTEN_RECORDS);
        AccessFormat format =
                settings.accessLog() == AccessLogFormat.JSON ? AccessFormat.json() : AccessFormat.common();
        String path = settings.accessLogPath();
        AccessWriter writer = new AccessWriter(log, format, path.equals("-") ? null : Path.of(path), ticker);
        try {
            writer.open();
        } catch (IOException refused) {
            throw new StartException(
                    "the access log " + path + " cannot be opened (" + refused + "): name another file in "
                            + SettingTable.ACCESS_LOG_PATH.key() + ", or make it writable for the user that runs Luma",
                    refused);
        }
        writer.start();
        lifecycle.onStop("access log", writer);
        return log;
    }

    private static void startApi(Settings settings, ApiServer api) throws StartException {
        try {
            api.start();
        } catch (IOException refused) {
            throw Ports.explain(
                    "the API",
                    settings.apiHost(),
                    settings.apiPort(),
                    SettingTable.API_HOST,
                    SettingTable.API_PORT,
                    refused);
        }
    }

    private static void startProxy(Settings settings, ProxyServer proxy) throws StartException {
        try {
            proxy.start();
        } catch (IOException refused) {
            throw Ports.explain(
                    "the proxy",
                    settings.proxyHost(),
                    settings.proxyPort(),
                    SettingTable.PROXY_HOST,
                    SettingTable.PROXY_PORT,
                    refused);
        }
    }
}
