package dev.luma.cli;

import dev.luma.cli.HttpCall.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code luma deploy}: registers a project, or changes the one that has the name. */
@Command(
        name = "deploy",
        description = "Register a project, or change the one of that name; prints its URL.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = {
            "  luma deploy hello --image nginxdemos/hello",
            "  luma deploy shop --image shop:2 --port 3000 --host shop.localhost --env APP_ENV=development",
            "  luma deploy hello --image nginxdemos/hello --idle-timeout 5m",
            "  luma deploy shop --image shop:2 --readiness-path /healthz",
            "  luma deploy nightly --image nightly:2 --prewarm",
            "  luma deploy nas --upstream 192.168.1.20:5000 --host nas.example"
        })
final class DeployCommand implements Callable<Integer> {

    private static final int DEFAULT_PORT = 8080;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final LumaCommand luma;
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "Name of the project: lower-case letters, digits and hyphens")
    private String name = "";

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "Container image, such as nginx:1.27; this or --upstream is needed")
    private @Nullable String image;

    @Option(
            names = "--upstream",
            paramLabel = "HOST:PORT",
            description = "In place of an image: where something listens that runs already, such as 127.0.0.1:3000")
    private @Nullable String upstream;

    @Option(names = "--port", paramLabel = "PORT", description = "Port on which the app listens (default: 8080)")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "HOSTNAME",
            description = "Host name whose requests go to the project (default: NAME.localhost)")
    private @Nullable String hostname;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "KEY=VALUE",
            description = "An environment variable for the container; may be given again for more")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(
            names = "--idle-timeout",
            paramLabel = "DURATION",
            description =
                    "Without a request for this long it is put to sleep, such as 20s or 5m (default: the server's)")
    private @Nullable String idleTimeout;

    @Option(
            names = "--sleep",
            paramLabel = "HOW",
            description = "How it sleeps: stop frees its memory, pause keeps it and wakes within milliseconds"
                    + " (default: stop)")
    private @Nullable String sleep;

    @Option(
            names = "--pause-timeout",
            paramLabel = "DURATION",
            description = "With --sleep pause: after this long it is stopped (default: the server's)")
    private @Nullable String pauseTimeout;

    @Option(
            names = "--ephemeral",
            negatable = true,
            description = "Give each wake a new container, and nothing that the last one wrote (default: no)")
    private @Nullable Boolean ephemeral;

    @Option(
            names = "--cold-start",
            paramLabel = "HOW",
            description =
                    "What a browser gets while it wakes: wait for the app's answer, or page, which shows how it goes"
                            + " on if that takes long (default: wait)")
    private @Nullable String coldStart;

    @Option(
            names = "--prewarm",
            negatable = true,
            description = "Learn when it is asked for, and wake it shortly before (default: no)")
    private @Nullable Boolean prewarm;

    @Option(
            names = "--readiness-path",
            paramLabel = "PATH",
            description = "Path that the app answers with 2xx or 3xx once it is ready, such as /healthz"
                    + " (default: it is ready when it takes connections)")
    private @Nullable String readinessPath;

    @Option(
            names = "--max-request-body",
            paramLabel = "SIZE",
            description =
                    "The largest body that a request may have, such as 10m; 0 for no limit (default: the server's)")
    private @Nullable String maxRequestBody;

    DeployCommand(LumaCommand luma, Console console) {
        this.luma = luma;
        this.console = console;
    }

    @Override
    public Integer call() throws ApiException {
        if (image == null && upstream == null) {
            throw new ParameterException(
                    spec.commandLine(), "what is " + name + "? Give --image IMAGE, or --upstream HOST:PORT");
        }
        ApiClient client = luma.client();
        Reply reply = client.register(draft());
        boolean known = ApiClient.conflictsIn(reply, "name");
        Map<?, ?> project = known ? client.change(name, given()) : ApiClient.object(ApiClient.expect(reply));
        console.say(
                name + (known ? " is at revision " : " is registered as revision ") + Json.number(project, "revision"));
        console.say(Json.text(project, "url"));
        return 0;
    }

    /** Only what was said: the other settings of a project that exists stay as they are. */
    private Map<String, Object> given() {
        Map<String, Object> settings = new LinkedHashMap<>();
        if (image != null) {
            settings.put("docker_image", image);
        }
        if (upstream != null) {
            settings.put("upstream", upstream);
        }
        if (port != null) {
            settings.put("container_port", port);
        }
        if (hostname != null) {
            settings.put("hostname", hostname);
        }
        if (!environment.isEmpty()) {
            settings.put("env_vars", environment);
        }
        if (idleTimeout != null) {
            settings.put("idle_timeout", idleTimeout);
        }
        if (sleep != null) {
            settings.put("sleep", sleep);
        }
        if (pauseTimeout != null) {
            settings.put("pause_timeout", pauseTimeout);
        }
        if (ephemeral != null) {
            settings.put("ephemeral", ephemeral);
        }
        if (coldStart != null) {
            settings.put("cold_start", coldStart);
        }
        if (prewarm != null) {
            settings.put("prewarm", prewarm);
        }
        if (readinessPath != null) {
            settings.put("readiness", Map.of("http_get", Map.of("path", readinessPath)));
        }
        if (maxRequestBody != null) {
            settings.put("max_request_body", maxRequestBody);
        }
        return settings;
    }

    private Map<String, Object> draft() {
        Map<String, Object> project = given();
        project.put("name", name);
        if (upstream == null) {
            project.putIfAbsent("container_port", DEFAULT_PORT);
        }
        project.putIfAbsent("hostname", name + ".localhost");
        return project;
    }
}
