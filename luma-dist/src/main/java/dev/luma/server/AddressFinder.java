package dev.luma.server;

import dev.luma.core.Source;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Finds an address behind a name that requests may go to. Blocks while it looks names up and tries connections. */
final class AddressFinder {

    private static final Duration CONNECT = Duration.ofMillis(1_500);

    private final AllowedUpstreams allowed;
    private final Names names;
    private final Doors doors;

    /** Where names lead to. */
    interface Names {
        List<InetAddress> of(String host) throws UnknownHostException;
    }

    /** Whether somebody listens. */
    interface Doors {
        void knock(InetSocketAddress address) throws IOException;
    }

    AddressFinder(AllowedUpstreams allowed, Names names, Doors doors) {
        this.allowed = allowed;
        this.names = names;
        this.doors = doors;
    }

    /** As the system looks names up and connects. */
    static AddressFinder ofSystem(AllowedUpstreams allowed) {
        return new AddressFinder(
                allowed, host -> Arrays.asList(InetAddress.getAllByName(host)), AddressFinder::connect);
    }

    private static void connect(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) CONNECT.toMillis());
        }
    }

    /**
     * The first address that is allowed and takes a connection.
     *
     * @param enough whether nobody waits for it any more
     */
    InetAddress find(Source.External upstream, BooleanSupplier enough) throws NotFoundException {
        String forbidden = null;
        String closed = null;
        boolean refused = false;
        for (InetAddress address : lookUp(upstream)) {
            if (enough.getAsBoolean()) {
                break;
            }
            Optional<String> refusal = allowed.refusal(address, upstream.port());
            if (refusal.isPresent()) {
                forbidden = forbidden == null ? refusal.get() : forbidden;
                continue;
            }
            try {
                doors.knock(new InetSocketAddress(address, upstream.port()));
                return address;
            } catch (IOException unreachable) {
                refused |= unreachable instanceof ConnectException;
                closed = closed == null
                        ? "takes no connection at " + address.getHostAddress() + " (" + unreachable.getMessage() + ")"
                        : closed;
            }
        }
        // What is allowed and does not answer says more than what is not allowed beside it.
        String why = closed != null ? closed : forbidden;
        throw new NotFoundException(upstream + ", " + (why == null ? "was not found in time" : why), refused);
    }

    /** Whether the name leads to the address, among others maybe. */
    boolean leadsTo(Source.External upstream, InetAddress address) throws NotFoundException {
        return lookUp(upstream).contains(address);
    }

    private List<InetAddress> lookUp(Source.External upstream) throws NotFoundException {
        try {
            return names.of(upstream.host()).stream()
                    .map(AllowedUpstreams::plain)
                    .toList();
        } catch (UnknownHostException unknown) {
            throw new NotFoundException(upstream + ", has a host name that leads to no address", false);
        }
    }

    /** Why there is no address, as the end of a sentence. */
    static final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean worthAnotherTry;

        private NotFoundException(String why, boolean worthAnotherTry) {
            super(why);
            this.worthAnotherTry = worthAnotherTry;
        }

        /** Whether a machine said at once that nobody listens: what is just being started soon does. */
        boolean isWorthAnotherTry() {
            return worthAnotherTry;
        }
    }
}
