package dev.luma.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in words for a person what is wrong with an engine, and what helps. */
final class Words {

    private static final Pattern REFUSAL = Pattern.compile("Status \\d+: (.*)", Pattern.DOTALL);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Words() {}

    /** Why no connection could be made, or why it was lost, with the remedy. For the operator. */
    static String trouble(URI host, Throwable error) {
        Throwable cause = unwrap(error);
        if (cause instanceof UnsupportedEngineException || cause instanceof EngineDownException) {
            return message(cause);
        }
        if (cause instanceof DockerException refusal) {
            return "the Docker engine at " + host + " refuses to work: " + refusal(refusal)
                    + "; look at its log (journalctl -u docker)";
        }
        Throwable root = root(cause);
        if (root instanceof TimeoutException) {
            return "the Docker engine at " + host
                    + " does not answer in time; look at its log (journalctl -u docker) and restart it if need be";
        }
        boolean unix = "unix".equals(host.getScheme());
        String text = message(root);
        if (root instanceof UnknownHostException) {
            return "the host of docker_host (" + host + ") is not known; correct docker_host";
        }
        if (text.contains("No such file or directory")) {
            return "there is no Docker socket at " + host.getPath()
                    + "; start Docker (systemctl start docker), or set docker_host to where it listens";
        }
        if (text.contains("Permission denied")) {
            return "Luma may not use the Docker socket " + host.getPath()
                    + "; add the user that runs Luma to the group of the socket (usermod -aG docker <user>) and start"
                    + " Luma again";
        }
        if (text.contains("Connection refused")) {
            return "nothing listens at " + (unix ? "the Docker socket " + host.getPath() : host)
                    + "; start Docker (systemctl start docker), or set docker_host to where it listens";
        }
        return "the Docker engine at " + host + " does not answer (" + text
                + "); see whether it runs (systemctl status docker)";
    }

    /** What the engine said when it refused a call. */
    static String refusal(DockerException refusal) {
        Matcher matcher = REFUSAL.matcher(message(refusal));
        String body = matcher.matches() ? matcher.group(1) : message(refusal);
        try {
            JsonNode text = JSON.readTree(body).path("message");
            return text.isTextual() ? text.asText().strip() : body.strip();
        } catch (JsonProcessingException plainText) {
            return body.strip();
        }
    }

    /** Why the engine refused to start a container, in words for anyone; what it said itself is for the operator. */
    static String startRefusal(String said) {
        boolean command = said.contains("exec: ") || said.contains("starting container process");
        if (command && (said.contains("no such file") || said.contains("not found"))) {
            return "the command of its image does not exist in the image";
        }
        if (command && said.contains("permission denied")) {
            return "the command of its image may not be executed";
        }
        if (said.contains("No command specified")) {
            return "its image names no command to run";
        }
        if (said.contains("no space left on device")) {
            return "the disk of the container engine is full";
        }
        return "the container engine refused to";
    }

    /** The error without the wrapping that stages put around it. */
    static Throwable unwrap(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? unwrap(cause) : error;
    }

    private static Throwable root(Throwable error) {
        Throwable cause = error.getCause();
        return cause == null ? error : root(cause);
    }

    private static String message(Throwable error) {
        @Nullable String message = error.getMessage();
        return Objects.requireNonNullElse(message, error.getClass().getSimpleName());
    }
}
