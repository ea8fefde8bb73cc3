package dev.luma.proxy;

import dev.luma.core.Boot;
import dev.luma.core.ContainerRuntime.WakePhase;
import java.util.Locale;

/** What a cold answer says about its wake (Server-Timing, W3C). */
final class ServerTiming {

    private ServerTiming() {}

    /** How long the request waited, and then how long the wake that it waited for was in each of its phases. */
    static byte[] line(long waitedNanos, Boot boot) {
        StringBuilder line = new StringBuilder("Server-Timing: ");
        add(line, "luma-wake", waitedNanos);
        line.append(";desc=").append(boot.way().word());
        for (WakePhase phase : WakePhase.values()) {
            if (boot.entered().containsKey(phase)) {
                line.append(", ");
                add(line, "luma-" + phase.word(), boot.in(phase).toNanos());
            }
        }
        return Octets.of(line.append("\r\n").toString());
    }

    private static void add(StringBuilder line, String name, long nanos) {
        line.append(name).append(String.format(Locale.ROOT, ";dur=%.1f", nanos / 1_000_000.0));
    }
}
