package dev.luma.api;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** From method and path to the handler. Filled once, before the server starts. */
final class Router {

    private final List<Route> routes = new ArrayList<>();

    /** A handler, and what the path says to it. */
    record Match(Handler handler, Map<String, String> parameters) {}

    private record Route(List<String> pattern, Map<HttpMethod, Handler> handlers) {

        Optional<Map<String, String>> parameters(List<String> path) {
            if (path.size() != pattern.size()) {
                return Optional.empty();
            }
            Map<String, String> parameters = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String part = pattern.get(i);
                if (part.startsWith("{")) {
                    parameters.put(part.substring(1, part.length() - 1), path.get(i));
                } else if (!part.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(parameters);
        }

        String allow() {
            Set<String> names = new LinkedHashSet<>();
            handlers.keySet().forEach(method -> {
                names.add(method.name());
                if (method.equals(HttpMethod.GET)) {
                    names.add(HttpMethod.HEAD.name());
                }
            });
            names.add(HttpMethod.OPTIONS.name());
            return String.join(", ", names);
        }
    }

    /** Adds a method to a path, in which {@code {name}} stands for any one segment. */
    Router on(HttpMethod method, String path, Handler handler) {
        List<String> pattern = segments(path);
        Route route = routes.stream()
                .filter(known -> known.pattern().equals(pattern))
                .findFirst()
                .orElseGet(() -> {
                    Route added = new Route(pattern, new LinkedHashMap<>());
                    routes.add(added);
                    return added;
                });
        route.handlers().put(method, handler);
        return this;
    }

    /** The handler of a request; a problem when there is none. */
    Match find(HttpMethod method, String path) {
        if (path.equals("*") && method.equals(HttpMethod.OPTIONS)) {
            return options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
        List<String> segments = segments(path);
        for (Route route : routes) {
            Optional<Map<String, String>> parameters = route.parameters(segments);
            if (parameters.isPresent()) {
                return find(method, route, parameters.get());
            }
        }
        throw new ProblemException(Problem.of(
                HttpResponseStatus.NOT_FOUND, "There is nothing at " + path + "; GET / lists what there is"));
    }

    private static Match find(HttpMethod method, Route route, Map<String, String> parameters) {
        if (method.equals(HttpMethod.OPTIONS)) {
            return options(route.allow());
        }
        Handler handler = route.handlers().get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
        if (handler == null) {
            throw new ProblemException(Problem.of(
                            HttpResponseStatus.METHOD_NOT_ALLOWED,
                            method + " cannot be used here; allowed are " + route.allow())
                    .with("Allow", route.allow()));
        }
        return new Match(handler, parameters);
    }

    private static Match options(String allow) {
        Answer answer = Answer.noContent().with("Allow", allow);
        return new Match(request -> CompletableFuture.completedStage(answer), Map.of());
    }

    private static List<String> segments(String path) {
        if (!path.startsWith("/")) {
            return List.of(path);
        }
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            segments.add(decoded(segment));
        }
        return segments;
    }

    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        try {
            return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
        } catch (IllegalArgumentException wrong) {
            throw new ProblemException(Problem.of(
                    HttpResponseStatus.BAD_REQUEST,
                    "The path has a percent sign that is not followed by two hex digits"));
        }
    }
}
