package dev.luma.api;

import dev.luma.api.Problem.FieldError;
import dev.luma.core.Projects;
import dev.luma.core.Projects.Change;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.List;

/** The named outcomes of the domain as problems. */
final class Outcomes {

    private Outcomes() {}

    static Upstream found(Projects projects, String name) {
        return projects.find(name).orElseThrow(() -> unknown(name));
    }

    /** The project that was changed; a problem when the change was not made. */
    static Upstream done(Change change) {
        if (change instanceof Change.Done done) {
            return done.upstream();
        } else if (change instanceof Change.Conflict conflict) {
            throw new ProblemException(problem(conflict));
        } else if (change instanceof Change.Unknown missing) {
            throw unknown(missing.name());
        }
        throw new IllegalArgumentException("unknown change " + change);
    }

    static Problem problem(Refusal refusal) {
        Problem problem = Problem.of(status(refusal.reason()), refusal.detail())
                .because(refusal.reason().name());
        return refusal.retryAfter()
                .map(wait -> problem.with("Retry-After", Long.toString(secondsUp(wait))))
                .orElse(problem);
    }

    private static Problem problem(Change.Conflict conflict) {
        return conflict.field().isEmpty()
                ? Problem.of(HttpResponseStatus.SERVICE_UNAVAILABLE, conflict.sentence())
                        .because(Refusal.Reason.SHUTTING_DOWN.name())
                : Problem.ofFields(
                        HttpResponseStatus.CONFLICT, List.of(new FieldError(conflict.field(), conflict.sentence())));
    }

    private static ProblemException unknown(String name) {
        return new ProblemException(Problem.of(
                HttpResponseStatus.NOT_FOUND, "There is no project \"" + name + "\"; GET /projects lists all of them"));
    }

    private static HttpResponseStatus status(Refusal.Reason reason) {
        return switch (reason) {
            case UNKNOWN_HOST -> HttpResponseStatus.NOT_FOUND;
            case LINE_FULL, TOO_MANY_WAITING, START_FAILED, RUNTIME_DOWN, SHUTTING_DOWN ->
                HttpResponseStatus.SERVICE_UNAVAILABLE;
            case START_TIMEOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
        };
    }

    private static long secondsUp(Duration wait) {
        return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    }
}
