package dev.luma.server;

import dev.luma.config.Settings;
import java.time.Duration;
import java.time.Instant;
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
                    "Luma {} listens: proxy on {}:{}, API on {}:{} ({} projects, up in {} ms)",
                    version,
                    settings.proxyHost(),
                    luma.proxyPort(),
                    settings.apiHost(),
                    luma.apiPort(),
                    luma.projects().all().size(),
                    sinceExec().toMillis());
            luma.warmUp();
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

    /** How long the process has been there, to the hundredth of a second; zero where the system does not tell. */
    private static Duration sinceExec() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }
}
