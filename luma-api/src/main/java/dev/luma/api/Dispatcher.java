package dev.luma.api;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to a request between its connection and its handler: the guards, the route, and errors made answers. */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Router router;

    Dispatcher(Router router) {
        this.router = router;
    }

    /** Judges a request by its head alone: the handler it may go to, or a {@link ProblemException}. */
    Router.Match admit(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (version.majorVersion() != 1) {
            throw new ProblemException(Problem.of(
                    HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "The API speaks HTTP/1.1, not " + version.text()));
        }
        Target target = Target.of(head);
        HostGuard.check(head, target);
        BrowserGuard.check(head);
        Router.Match match = router.find(head.method(), target.path());
        MediaTypes.check(head);
        return match;
    }

    /** The answer of a handler. Fails only by cancellation, when nobody waits for it any more. */
    CompletionStage<Answer> answer(Handler handler, ApiRequest request) {
        CompletionStage<Answer> answer;
        try {
            answer = handler.handle(request);
        } catch (RuntimeException error) {
            answer = CompletableFuture.failedStage(error);
        }
        return answer.exceptionally(Dispatcher::explain);
    }

    private static Answer explain(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof ProblemException refused) {
            return refused.problem().answer();
        }
        if (cause instanceof CancellationException left) {
            throw left;
        }
        if (cause instanceof RejectedExecutionException) {
            return Problem.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "Luma has too much to do; try again in a second")
                    .with("Retry-After", "1")
                    .answer();
        }
        LOG.error("A request to the API failed", cause);
        return Problem.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "Luma has made an error; its log says which")
                .answer();
    }
}
