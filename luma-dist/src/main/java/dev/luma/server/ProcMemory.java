package dev.luma.server;

import dev.luma.core.HostMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's memory, as Linux tells it in {@code /proc}. The limit of a control group around Luma is not looked at: it
 * is Luma's own, and containers are not in that group but beside it, in whatever the machine has.
 */
final class ProcMemory implements HostMemory {

    static final Path PROC = Path.of("/proc");

    private static final Pattern TOTAL = kibibytes("MemTotal");
    private static final Pattern AVAILABLE = kibibytes("MemAvailable");
    /** The share of time in which at least one task waited. */
    private static final Pattern STALLED = Pattern.compile("^some avg10=(\\d+(?:\\.\\d+)?) ", Pattern.MULTILINE);

    private final Path amounts;
    private final Path stalls;

    ProcMemory(Path proc) {
        this.amounts = proc.resolve("meminfo");
        this.stalls = proc.resolve("pressure/memory");
    }

    @Override
    public Optional<Reading> read() {
        return text(amounts).flatMap(told -> parse(told, text(stalls).orElse("")));
    }

    /** Empty if it does not tell both amounts. */
    static Optional<Reading> parse(String amounts, String stalls) {
        OptionalLong total = octets(TOTAL, amounts);
        OptionalLong available = octets(AVAILABLE, amounts);
        return total.isPresent() && available.isPresent()
                ? Optional.of(new Reading(total.getAsLong(), available.getAsLong(), stalled(stalls)))
                : Optional.empty();
    }

    private static OptionalDouble stalled(String stalls) {
        Matcher matcher = STALLED.matcher(stalls);
        return matcher.find() ? OptionalDouble.of(Double.parseDouble(matcher.group(1))) : OptionalDouble.empty();
    }

    private static Pattern kibibytes(String name) {
        return Pattern.compile("^" + name + ":\\s+(\\d{1,15}) kB$", Pattern.MULTILINE);
    }

    private static OptionalLong octets(Pattern line, String text) {
        Matcher matcher = line.matcher(text);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10) : OptionalLong.empty();
    }

    /** Another system has no such file, and a kernel without this count refuses to read it. */
    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException untold) {
            return Optional.empty();
        }
    }
}
