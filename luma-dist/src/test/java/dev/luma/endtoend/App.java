package dev.luma.endtoend;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A project that a test registers. Its hostname is the name below {@code localhost}.
 *
 * @param image empty for the app of the tests, whose script says what the variables mean
 * @param sleep how it sleeps; empty for the usual way
 * @param readinessPath what it has to answer before it gets requests; empty if a connection is enough
 */
record App(
        String name,
        Optional<String> image,
        int port,
        Map<String, String> variables,
        String idleTimeout,
        Optional<String> sleep,
        Optional<String> readinessPath) {

    /** One that answers at once, and is not put to sleep while a test looks at it. */
    static App named(String name) {
        return new App(name, Optional.empty(), 80, Map.of(), "1h", Optional.empty(), Optional.empty());
    }

    App image(String other) {
        return new App(name, Optional.of(other), port, variables, idleTimeout, sleep, readinessPath);
    }

    App mode(String mode) {
        return variable("APP_MODE", mode);
    }

    App variable(String key, String value) {
        Map<String, String> more = new HashMap<>(variables);
        more.put(key, value);
        return new App(name, image, port, more, idleTimeout, sleep, readinessPath);
    }

    App sleepsAfter(String timeout) {
        return new App(name, image, port, variables, timeout, sleep, readinessPath);
    }

    App sleepsBy(String how) {
        return new App(name, image, port, variables, idleTimeout, Optional.of(how), readinessPath);
    }

    App readyAt(String path) {
        return new App(name, image, port, variables, idleTimeout, sleep, Optional.of(path));
    }

    String hostname() {
        return name + ".localhost";
    }
}
