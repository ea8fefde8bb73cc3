package dev.luma.server;

import dev.luma.config.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Luma as a process: runs until a signal asks it to end. */
public final class LumaProcess {

    private LumaProcess() {}

    /**
     * Serves until SIGTERM, SIGINT or SIGHUP comes, and stops in order then.
     *
     * @param version to be shown
     */
    public static void run(Settings settings, String version) throws StartException, InterruptedException {
        Signals signals = Signals.listen();
        LogSetup.setLevel(settings.logLevel());
        Logger log = LoggerFactory.getLogger(LumaProcess.class);
        try {
            Luma luma = Luma.start(settings, version, new DockerMaker());
            log.info(
                    "Luma {} listens: proxy on {}:{} ({}), API on {}:{} ({} projects)",
                    version,
                    settings.proxyHost(),
                    luma.proxyPort(),
                    settings.eventLoop().transport(),
                    settings.apiHost(),
                    luma.apiPort(),
                    luma.projects().all().size());
            luma.warmUp().whenComplete((done, error) -> {
                if (error != null) {
                    log.warn("Warming up failed; the first requests take longer", error);
                }
            });
            signals.await();
            log.info(
                    "Stopping: requests in flight have {} s",
                    settings.shutdownTimeout().toSeconds());
            luma.stop();
            log.info("Stopped");
        } finally {
            LogSetup.flush();
        }
    }
}
