package dev.luma.docker;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** What goes on in the background, for whoever has to wait until it is over. Thread-safe. */
final class Underway {

    private final Set<CompletionStage<Void>> stages = ConcurrentHashMap.newKeySet();

    /** Answers the stage. */
    CompletionStage<Void> add(CompletionStage<Void> stage) {
        stages.add(stage);
        return stage.whenComplete((done, error) -> stages.remove(stage));
    }

    /** Done when what has begun until now is, however it ended. */
    CompletionStage<Void> over() {
        return CompletableFuture.allOf(stages.stream()
                .map(stage -> stage.handle((done, error) -> true).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }
}
