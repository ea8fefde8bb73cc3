package dev.luma.server;

import dev.luma.config.Settings;
import dev.luma.core.Ticker;
import dev.luma.docker.DockerRuntime;
import dev.luma.docker.DockerSettings;
import dev.luma.docker.DockerThreads;

/** Containers on the Docker engine that the settings name. */
final class DockerMaker implements RuntimeMaker {

    /** At least; never fewer than may be started at once. */
    private static final int STARTS_AT_A_TIME = 8;

    private static final int STOPS_AT_A_TIME = 16;
    private static final int OTHER_CALLS_AT_A_TIME = 8;

    @Override
    public Made make(Settings settings, String owner, Pools pools, Ticker ticker) throws StartException {
        DockerThreads threads = new DockerThreads(
                pools.timer("luma-docker-timer"),
                pools.bounded("luma-docker-start", threadsForStarts(settings)),
                pools.bounded("luma-docker-stop", STOPS_AT_A_TIME),
                pools.bounded("luma-docker-call", OTHER_CALLS_AT_A_TIME));
        try {
            DockerRuntime runtime = DockerRuntime.unconnected(
                    DockerSettings.of(settings.dockerHost(), owner)
                            .withSandboxes(settings.sandboxes())
                            .withKept(new DockerSettings.Keep(settings.keptContainers(), settings.keptTimeout())),
                    threads,
                    ticker);
            return new Made(runtime, runtime::connect, runtime::warm, runtime::leave, runtime);
        } catch (IllegalArgumentException wrong) {
            throw StartException.because(wrong);
        }
    }

    private static int threadsForStarts(Settings settings) {
        int wanted = settings.startsAtOnce() > 0
                ? settings.startsAtOnce()
                : Runtime.getRuntime().availableProcessors();
        return Math.max(STARTS_AT_A_TIME, wanted);
    }
}
