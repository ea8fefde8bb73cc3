package dev.luma.cli;

import dev.luma.cli.HttpCall.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Luma's API, seen from the command line. Every complaint comes as an {@link ApiException} in the user's words. */
final class ApiClient {

    /** Changes must come as JSON, so that no page in a browser can forge one. */
    private static final String NOTHING = "{}";

    private static final int DEFAULT_PORT = 80;
    private static final Duration QUICK = Duration.ofSeconds(30);

    /** Starting waits for an image, perhaps, and for an app; stopping for requests in flight. The server has its limits. */
    private static final Duration SLOW = Duration.ofMinutes(30);

    /** What the API's fields are called on the command line. */
    private static final Map<String, String> FLAGS = Map.ofEntries(
            Map.entry("name", "NAME"),
            Map.entry("hostname", "--host"),
            Map.entry("docker_image", "--image"),
            Map.entry("upstream", "--upstream"),
            Map.entry("container_port", "--port"),
            Map.entry("env_vars", "--env"),
            Map.entry("idle_timeout", "--idle-timeout"),
            Map.entry("sleep", "--sleep"),
            Map.entry("pause_timeout", "--pause-timeout"),
            Map.entry("ephemeral", "--ephemeral"),
            Map.entry("cold_start", "--cold-start"),
            Map.entry("prewarm", "--prewarm"),
            Map.entry("readiness.http_get.path", "--readiness-path"),
            Map.entry("max_request_body", "--max-request-body"));

    private final String url;

    private ApiClient(String url) {
        this.url = url;
    }

    static ApiClient at(String url) {
        return new ApiClient(url);
    }

    /** All projects, as the API shows them. */
    String projects() throws ApiException {
        return expect(call("GET", "/projects", "", QUICK));
    }

    /** What there is to say of Luma and its engine. */
    String findings() throws ApiException {
        return expect(call("GET", "/doctor", "", QUICK));
    }

    /** Registers a project; the reply may be a conflict. */
    Reply register(Map<String, Object> project) throws ApiException {
        return call("POST", "/projects", json(project), SLOW);
    }

    /** Changes the given settings of a project and leaves the others. */
    Map<?, ?> change(String name, Map<String, Object> settings) throws ApiException {
        return object(expect(call("PATCH", path(name), json(settings), SLOW)));
    }

    Map<?, ?> start(String name) throws ApiException {
        return object(expect(call("POST", path(name) + "/start", NOTHING, SLOW)));
    }

    Map<?, ?> stop(String name) throws ApiException {
        return object(expect(call("POST", path(name) + "/stop", NOTHING, SLOW)));
    }

    void remove(String name) throws ApiException {
        expect(call("DELETE", path(name), "", SLOW));
    }

    /** The body of an answer that says yes. */
    static String expect(Reply reply) throws ApiException {
        if (reply.status() >= 200 && reply.status() < 300) {
            return reply.body();
        }
        throw complaint(reply);
    }

    static Map<?, ?> object(String body) throws ApiException {
        try {
            return Json.object(Json.read(body));
        } catch (IOException notJson) {
            throw ApiException.failed("what answered is not Luma: " + notJson.getMessage());
        }
    }

    /** Whether the answer says that another project has this value. */
    static boolean conflictsIn(Reply reply, String field) throws ApiException {
        return reply.status() == 409
                && Json.list(object(reply.body()), "errors").stream()
                        .anyMatch(
                                error -> Json.text(Json.object(error), "field").equals(field));
    }

    private static ApiException complaint(Reply reply) throws ApiException {
        Map<?, ?> problem = object(reply.body());
        List<String> sentences = new ArrayList<>();
        for (Object each : Json.list(problem, "errors")) {
            Map<?, ?> error = Json.object(each);
            String field = Json.text(error, "field");
            sentences.add((FLAGS.getOrDefault(field, field) + " " + Json.text(error, "message")).strip());
        }
        if (sentences.isEmpty()) {
            String detail = Json.text(problem, "detail");
            sentences.add(detail.isEmpty() ? Json.text(problem, "title") + " (" + reply.status() + ")" : detail);
        }
        boolean usage = reply.status() == 400 || reply.status() == 422;
        return new ApiException(usage ? Console.NOT_UNDERSTOOD : Console.FAILED, sentences);
    }

    private Reply call(String method, String path, String body, Duration patience) throws ApiException {
        URI address = address();
        String host = address.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
        String prefix = address.getRawPath() == null ? "" : address.getRawPath().replaceAll("/+$", "");
        try {
            return HttpCall.send(bare, port, method, prefix + path, body, patience);
        } catch (ConnectException | UnknownHostException nobody) {
            throw ApiException.failed("Luma does not answer at " + url + ": is it running? (luma serve)");
        } catch (SocketTimeoutException silent) {
            throw ApiException.failed("Luma at " + url + " did not answer in time: its log may say why");
        } catch (IOException broken) {
            throw ApiException.failed(
                    "the answer from " + url + " cannot be read (" + broken.getMessage() + "): is that Luma's API?");
        }
    }

    private URI address() throws ApiException {
        try {
            URI address = new URI(url);
            if ("http".equals(address.getScheme()) && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException notAnAddress) {
            // Complained about below, like any other address that cannot be used.
        }
        throw new ApiException(
                Console.NOT_UNDERSTOOD,
                List.of("--api \"" + url + "\" is not an address of an API; use one such as http://127.0.0.1:8081"));
    }

    private static String path(String name) {
        return "/projects/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String json(Map<String, Object> object) throws ApiException {
        try {
            return Json.write(object);
        } catch (IOException impossible) {
            throw ApiException.failed("the request cannot be written: " + impossible.getMessage());
        }
    }
}
