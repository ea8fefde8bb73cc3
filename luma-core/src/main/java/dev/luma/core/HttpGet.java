package dev.luma.core;

/**
 * A request whose answer says whether an app is ready: any 2xx or 3xx does.
 *
 * @param path the target of the request, such as {@code /healthz}
 */
public record HttpGet(String path) {

    public HttpGet {
        ProjectRules.require("readiness.http_get.path", ProjectRules.readinessPath(path));
    }
}
