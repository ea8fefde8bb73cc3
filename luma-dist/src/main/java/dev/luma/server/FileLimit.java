package dev.luma.server;

import dev.luma.proxy.ProxySettings;
import dev.luma.proxy.ProxySettings.Connections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits the number of connections to the number of files that the process may open. A client needs up to two: its own
 * connection and one to its app. Some are kept for the API, the engine, the store and the log; without anybody connected
 * Luma has about 60 open.
 */
final class FileLimit {

    private static final Logger LOG = LoggerFactory.getLogger(FileLimit.class);
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT = Pattern.compile("^Max open files +(\\d+) ", Pattern.MULTILINE);
    private static final int RESERVE = 256;

    private FileLimit() {}

    static ProxySettings fit(ProxySettings settings) {
        OptionalInt files = read();
        if (files.isEmpty()) {
            return settings;
        }
        Connections fitting = fit(settings.connections(), files.getAsInt());
        if (fitting.most() < settings.connections().most()) {
            LOG.warn(
                    "Takes {} connections of clients rather than {} (max_connections), as the process may open only {}"
                            + " files; raise the limit (LimitNOFILE= in the systemd unit, ulimit -n in a shell)",
                    fitting.most(),
                    settings.connections().most(),
                    files.getAsInt());
        }
        return settings.with(fitting);
    }

    static Connections fit(Connections wanted, int files) {
        int reserve = Math.min(RESERVE, files - files / 4);
        int most = Math.max(1, (files - reserve) / 2);
        return new Connections(Math.min(wanted.most(), most), wanted.perAddress(), files);
    }

    /** The limit as it is now; a JVM has raised it to the highest that it may have. */
    private static OptionalInt read() {
        try {
            return soft(Files.readString(LIMITS));
        } catch (IOException notLinux) {
            return OptionalInt.empty();
        }
    }

    /** Empty if there is no limit, or none that counts. */
    static OptionalInt soft(String limits) {
        Matcher matcher = SOFT.matcher(limits);
        return matcher.find() && matcher.group(1).length() < 10
                ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
                : OptionalInt.empty();
    }
}
