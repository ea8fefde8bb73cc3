package dev.luma.core;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the values of a project may be. Each rule answers with a sentence that says what is wrong and what would be
 * right, or with nothing when the value is fine.
 */
public final class ProjectRules {

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,254}");

    /** The grammar of references that engines share: registry, path, tag, digest. */
    private static final Pattern IMAGE = image();

    /** What the proxy takes as the target of a request, too. */
    private static final Pattern PATH = Pattern.compile("/[!-\"$-~]{0,1023}");

    private static final Duration LONGEST_IDLE = Duration.ofDays(365);

    /** The complaint about a setting of containers, given for a project that is none. */
    public static final String MEANINGLESS_FOR_UPSTREAM =
            "has no meaning beside upstream, which Luma does not run; leave it out";

    /** The complaint about a limit of something that does not happen. */
    public static final String MEANINGLESS_WITHOUT_PAUSE = "has no meaning unless sleep is \"pause\"; leave it out";

    private static final Pattern IP_LITERAL = Pattern.compile("[0-9.]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

    private ProjectRules() {}

    private static Pattern image() {
        String label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
        String registry = "(?:" + label + "(?:\\." + label + ")*(?::[0-9]+)?/)?";
        String word = "[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*";
        String tag = "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?";
        return Pattern.compile(registry + word + "(?:/" + word + ")*" + tag + "(?:@sha256:[0-9a-f]{64})?");
    }

    public static Optional<String> name(String name) {
        return LABEL.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("must be 1 to 63 lower-case letters, digits and hyphens, not starting or ending with a"
                        + " hyphen, such as \"my-app\"");
    }

    /** Accepts only the canonical form; see {@link #canonicalHostname}. */
    public static Optional<String> hostname(String hostname) {
        boolean fine = !hostname.isEmpty() && hostname.length() <= 253;
        for (String label : hostname.split("\\.", -1)) {
            fine &= LABEL.matcher(label.replace('_', 'a')).matches();
        }
        return fine
                ? Optional.empty()
                : Optional.of("must be a host name without scheme, port or path, such as \"myapp.localhost\"");
    }

    /** Lower case and without the trailing dot, as hosts are compared (RFC 9110 section 4.2.3, RFC 1034 section 3.1). */
    public static String canonicalHostname(String hostname) {
        String lower = hostname.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    public static Optional<String> image(String image) {
        return image.length() <= 512 && IMAGE.matcher(image).matches()
                ? Optional.empty()
                : Optional.of("must be an image reference, such as \"nginx:1.27\" or \"registry.example/team/app:2\"");
    }

    /** Where something listens that Luma does not run, as {@code host:port}. */
    public static Optional<String> upstream(String text) {
        return Source.External.parse(text).isPresent()
                ? Optional.empty()
                : Optional.of("must be a host and a port, such as \"127.0.0.1:3000\", \"[::1]:3000\" or"
                        + " \"nas.lan:5000\"");
    }

    static Optional<String> upstreamHost(String host) {
        if (IP_LITERAL.matcher(host).matches()) {
            return Cidr.parse(host).isPresent() ? Optional.empty() : Optional.of("must have a valid IP address");
        }
        return hostname(canonicalHostname(host));
    }

    public static Optional<String> port(int port) {
        return port >= 1 && port <= 65535 ? Optional.empty() : Optional.of("must be a number from 1 to 65535");
    }

    public static Optional<String> env(Map<String, String> env) {
        for (Map.Entry<String, String> variable : env.entrySet()) {
            if (!ENV_NAME.matcher(variable.getKey()).matches()) {
                return Optional.of("has the name \"" + variable.getKey()
                        + "\"; names are letters, digits and underscores, not starting with a digit");
            }
            if (variable.getValue().indexOf('\0') >= 0) {
                return Optional.of("has a NUL character in the value of \"" + variable.getKey() + "\"");
            }
        }
        return Optional.empty();
    }

    public static Optional<String> idleTimeout(Duration timeout) {
        return timeout.compareTo(Duration.ofSeconds(1)) >= 0 && timeout.compareTo(LONGEST_IDLE) <= 0
                ? Optional.empty()
                : Optional.of("must be from 1s to 365 days, such as \"20s\" or \"5m\"");
    }

    public static Optional<String> maxRequestBody(long octets) {
        return octets >= 0 ? Optional.empty() : Optional.of("must be 0 for no limit, or a size such as \"10m\"");
    }

    public static Optional<String> readinessPath(String path) {
        return PATH.matcher(path).matches()
                ? Optional.empty()
                : Optional.of(
                        "must begin with \"/\" and have at most 1024 characters, all ASCII, without spaces or \"#\","
                                + " such as \"/healthz\"");
    }

    static void require(String field, Optional<String> complaint) {
        complaint.ifPresent(sentence -> {
            throw new IllegalArgumentException(field + " " + sentence);
        });
    }
}
