package dev.luma.server;

import dev.luma.config.Settings;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Project;
import dev.luma.core.Refusal;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

final class DockerMaker implements RuntimeMaker {
    @Override
    public Made make(Settings settings, String owner, Pools pools, Ticker ticker) {
        return new Made(
                new ContainerRuntime() {
                    @Override
                    public CompletionStage<Void> prepare(Project project) {
                        return CompletableFuture.completedStage(null);
                    }

                    @Override
                    public void start(String instanceId, Project project, StartListener listener) {
                        listener.failed(new StartFailure(
                                Refusal.Reason.RUNTIME_DOWN, "no engine yet", List.of("line one", "line two")));
                    }

                    @Override
                    public CompletionStage<Void> stop(String instanceId, Duration grace) {
                        return CompletableFuture.completedStage(null);
                    }

                    @Override
                    public CompletionStage<Boolean> check(String instanceId) {
                        return CompletableFuture.completedStage(true);
                    }

                    @Override
                    public Status status() {
                        return new Status(true, "stub");
                    }

                    @Override
                    public void listen(Listener listener) {}
                },
                () -> {});
    }
}
