package dev.luma.config;

import dev.luma.core.Cidr;
import dev.luma.core.Durations;
import dev.luma.core.MemoryReserve;
import dev.luma.core.Sizes;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the text of a setting becomes a value.
 *
 * @param word what stands for the value in help texts, such as {@code PORT}
 * @param reader the value, or empty when the text is not one
 * @param complaint what is wrong with a text that is not one, and what would be right; follows the quoted text
 * @param list whether it may be a list in {@code luma.yaml}; the reader gets its words joined with commas
 */
record Kind<T>(String word, Function<String, Optional<T>> reader, String complaint, boolean list) {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[?[0-9A-Fa-f:.]+]?");
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[?::1]?", Pattern.CASE_INSENSITIVE);

    private static final Pattern SEPARATOR = Pattern.compile("\\s*,\\s*|\\s+");

    private Kind(String word, Function<String, Optional<T>> reader, String complaint) {
        this(word, reader, complaint, false);
    }

    static Kind<String> host() {
        return new Kind<>(
                "HOST",
                text -> Optional.of(text)
                        .filter(host -> HOST.matcher(host).matches())
                        .map(Kind::bare),
                "is not a host; use an IP address or a host name without port, such as 127.0.0.1, or 0.0.0.0 for every"
                        + " address");
    }

    static Kind<String> loopbackHost() {
        return new Kind<>(
                "HOST",
                text -> Optional.of(text)
                        .filter(host -> LOOPBACK.matcher(host).matches())
                        .map(Kind::bare),
                "is not an address of this machine alone; the API has no access control, so use 127.0.0.1, ::1 or"
                        + " localhost");
    }

    static Kind<Integer> port() {
        return number("PORT", 1, 65_535, "a port");
    }

    static Kind<Integer> count(int least, int most) {
        return number("NUMBER", least, most, "in range");
    }

    private static Kind<Integer> number(String word, int least, int most, String what) {
        return new Kind<>(
                word,
                text -> integer(text).filter(number -> number >= least && number <= most),
                "is not " + what + "; use a number from " + least + " to " + most);
    }

    static Kind<Duration> duration(Duration least, Duration most) {
        return new Kind<>(
                "DURATION",
                text -> Durations.parse(text)
                        .filter(duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0),
                "is not a duration from " + Durations.format(least) + " to " + Durations.format(most)
                        + "; use a number with ms, s, m, h or d, such as 20s or 5m");
    }

    /** A number of octets. */
    static Kind<Integer> size(int least, int most) {
        Kind<Long> size = largeSize(least, most);
        return new Kind<>(size.word(), text -> size.reader().apply(text).map(Long::intValue), size.complaint());
    }

    /** A number of octets that may be more than memory holds. */
    static Kind<Long> largeSize(long least, long most) {
        return new Kind<>(
                "SIZE",
                text -> Sizes.parse(text).filter(size -> size >= least && size <= most),
                "is not a size from " + Sizes.format(least) + " to " + Sizes.format(most)
                        + "; use a number of bytes, or one with k, m or g, such as 32k");
    }

    /** How much memory is kept available; 0 for none. */
    static Kind<MemoryReserve> memoryReserve() {
        return new Kind<>(
                "SIZE|PERCENT",
                MemoryReserve::parse,
                "is neither a size nor a share up to 100%; use such as 512m, 2g or 5%, or 0 for none");
    }

    /** Ranges of addresses; {@code none} for none. */
    static Kind<List<Cidr>> cidrs() {
        return new Kind<>(
                "CIDRS",
                Kind::cidrs,
                "is not a list of address ranges; use addresses or ranges without bits behind the prefix, such as"
                        + " 10.0.0.0/8, 192.0.2.7, 2001:db8::/32, or none",
                true);
    }

    private static Optional<List<Cidr>> cidrs(String text) {
        if (text.equalsIgnoreCase("none")) {
            return Optional.of(List.of());
        }
        List<Cidr> ranges = new ArrayList<>();
        for (String word : SEPARATOR.split(text, -1)) {
            Optional<Cidr> range = Cidr.parse(word);
            if (range.isEmpty()) {
                return Optional.empty();
            }
            ranges.add(range.get());
        }
        return Optional.of(List.copyOf(ranges));
    }

    static Kind<Boolean> onOff() {
        return new Kind<>(
                "on|off",
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "on", "true" -> Optional.of(true);
                    case "off", "false" -> Optional.of(false);
                    default -> Optional.empty();
                },
                "is neither on nor off");
    }

    static Kind<Path> directory() {
        return new Kind<>(
                "DIRECTORY",
                text -> {
                    try {
                        return Optional.of(Path.of(text)).filter(Path::isAbsolute);
                    } catch (InvalidPathException notAPath) {
                        return Optional.empty();
                    }
                },
                "is not an absolute path; use one that begins with /, such as /var/lib/luma");
    }

    /** A file to append to, as an absolute path, or {@code -}. */
    static Kind<String> output() {
        return new Kind<>(
                "FILE",
                text -> text.equals("-")
                        ? Optional.of(text)
                        : directory().reader().apply(text).map(Path::toString),
                "is neither - nor an absolute path, such as /var/log/luma/access.log");
    }

    static Kind<String> dockerHost() {
        return new Kind<>(
                "URL",
                text -> Optional.of(text).filter(Kind::isDockerHost),
                "is not the address of a Docker engine; use unix:///var/run/docker.sock or tcp://host:2375");
    }

    static <E extends Enum<E>> Kind<E> oneOf(Class<E> choices) {
        List<String> words = Stream.of(choices.getEnumConstants())
                .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Kind<>(
                String.join("|", words),
                text -> {
                    for (E choice : choices.getEnumConstants()) {
                        if (choice.name().equalsIgnoreCase(text)) {
                            return Optional.of(choice);
                        }
                    }
                    return Optional.empty();
                },
                "is none of " + String.join(", ", words));
    }

    private static Optional<Integer> integer(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static boolean isDockerHost(String text) {
        try {
            URI uri = new URI(text);
            if ("unix".equals(uri.getScheme())) {
                return uri.getPath() != null && uri.getPath().length() > 1 && uri.getHost() == null;
            }
            return "tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0;
        } catch (URISyntaxException notAnAddress) {
            return false;
        }
    }

    /** An IPv6 address without its brackets. */
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
