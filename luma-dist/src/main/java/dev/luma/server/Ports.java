package dev.luma.server;

import dev.luma.config.Setting;
import java.net.BindException;
import java.util.Locale;

/** Says why a port could not be opened. */
final class Ports {

    private Ports() {}

    static StartException explain(
            String who, String host, int port, Setting<?> hostKey, Setting<?> portKey, Throwable error) {
        String reason = reason(error);
        String address = host + ":" + port;
        if (reason.contains("in use")) {
            return new StartException(
                    "port " + port + " is taken by another program, so " + who + " cannot listen on " + address
                            + ": stop that program, or choose another port with " + portKey.flag(),
                    error);
        }
        if (reason.contains("permission denied")) {
            return new StartException(
                    who + " may not listen on " + address + ": ports below 1024 need the capability"
                            + " CAP_NET_BIND_SERVICE; choose another port with " + portKey.flag(),
                    error);
        }
        if (reason.contains("assign requested address") || reason.contains("unresolved")) {
            return new StartException(
                    who + " cannot listen on " + address + ": " + host
                            + " is not an address of this machine; choose another with " + hostKey.flag(),
                    error);
        }
        return new StartException(
                who + " cannot listen on " + address + " (" + error + "): choose another address with " + hostKey.flag()
                        + " or another port with " + portKey.flag(),
                error);
    }

    private static String reason(Throwable error) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            all.append(cause instanceof BindException ? "bind " : "")
                    .append(cause)
                    .append(' ');
        }
        return all.toString().toLowerCase(Locale.ROOT);
    }
}
