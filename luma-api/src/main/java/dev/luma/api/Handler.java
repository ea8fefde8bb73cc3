package dev.luma.api;

import java.util.concurrent.CompletionStage;

/**
 * Answers one method of one route. Called on the event loop, so it does not block; may throw a {@link ProblemException},
 * or fail its stage with one. A stage that is cancelled means that nobody waits for the answer any more.
 */
@FunctionalInterface
interface Handler {
    CompletionStage<Answer> handle(ApiRequest request);
}
