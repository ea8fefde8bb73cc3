package dev.luma.proxy;

import dev.luma.core.Ticker;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All clients of one proxy: lets their connections in or turns them away, and says so when there are too many. */
final class Crowd {

    private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);

    private final ProxySettings.Connections settings;
    private final ConnectionLimits limits;
    private final AtomicInteger turnedAway = new AtomicInteger();
    private final Seldom tooMany;
    private final Seldom tooManyOfAddress;
    private final Seldom notIntroduced;
    private final Seldom outOfFiles;

    Crowd(ProxySettings.Connections settings, Ticker ticker) {
        this.settings = settings;
        this.limits = new ConnectionLimits(settings);
        this.tooMany = new Seldom(ticker);
        this.tooManyOfAddress = new Seldom(ticker);
        this.notIntroduced = new Seldom(ticker);
        this.outOfFiles = new Seldom(ticker);
    }

    /** Gives a new connection its handler, or turns it away. */
    void welcome(Loop loop, SocketChannel channel) {
        InetAddress address = channel.remoteAddress() == null
                ? InetAddress.getLoopbackAddress() // it has left again, and nobody knows who it was
                : channel.remoteAddress().getAddress();
        if (loop.settings.front().trusts(address)) {
            welcomeProxy(loop, channel);
            return;
        }
        switch (limits.enter(address)) {
            case ADMITTED -> {
                channel.closeFuture().addListener(closed -> limits.leave(address));
                channel.pipeline().addLast(new ClientConnection(loop, channel));
            }
            case TOO_MANY -> turnAway(loop, channel);
            case TOO_MANY_OF_ADDRESS -> {
                sayTooManyOf(address);
                channel.close(); // who floods gets as little as possible
            }
        }
    }

    /** A trusted proxy brings the connections of many clients, so its own address does not count. */
    private void welcomeProxy(Loop loop, SocketChannel channel) {
        if (!limits.enter()) {
            turnAway(loop, channel);
            return;
        }
        channel.closeFuture().addListener(closed -> limits.leave());
        ClientConnection client = new ClientConnection(loop, channel);
        boolean introduced = loop.settings.front().proxyProtocol();
        channel.pipeline().addLast(introduced ? new ProxyProtocol(loop, channel, client) : client);
    }

    /** Counts a proxy's connection by the address that it names; closes it if there are too many of that. */
    boolean welcomeFrom(InetAddress address, SocketChannel channel) {
        if (!limits.enterFrom(address)) {
            sayTooManyOf(address);
            channel.close();
            return false;
        }
        channel.closeFuture().addListener(closed -> limits.leaveFrom(address));
        return true;
    }

    /** A trusted proxy did not begin its connection as proxy_protocol wants it. */
    void notIntroduced(SocketChannel channel, String why) {
        long times = notIntroduced.happened();
        if (times > 0) {
            LOG.warn(
                    "Closed {} connections of trusted proxies, the last one of {}, that did not begin with a header of"
                            + " the PROXY protocol ({}): let the proxy send it, or set proxy_protocol to off",
                    times,
                    channel.remoteAddress() == null
                            ? "unknown"
                            : channel.remoteAddress().getHostString(),
                    why);
        }
    }

    private void turnAway(Loop loop, SocketChannel channel) {
        sayTooMany();
        channel.pipeline().addLast(new TurnedAway(loop, turnedAway));
    }

    private void sayTooMany() {
        long times = tooMany.happened();
        if (times > 0) {
            LOG.warn(
                    "Turned away {} connections: {} are open, as many as max_connections allows",
                    times,
                    settings.most());
        }
    }

    private void sayTooManyOf(InetAddress address) {
        long times = tooManyOfAddress.happened();
        if (times > 0) {
            LOG.warn(
                    "Closed {} connections, the last one of {}, from which {} are open, as many as"
                            + " max_connections_per_address allows",
                    times,
                    address.getHostAddress(),
                    settings.perAddress());
        }
    }

    /** There is no socket for another connection, of a client or to an app. */
    void noSocket(Throwable why) {
        if (outOfFiles.happened() == 0) {
            return;
        }
        if (!OutOfFiles.is(why)) {
            LOG.warn("There is no socket for another connection; it is tried again", why);
        } else {
            LOG.warn(
                    "No file descriptor is left for another connection ({} clients are connected, the process may open"
                            + " {} files): clients wait until some are closed; raise the limit (LimitNOFILE= in the"
                            + " systemd unit, ulimit -n in a shell) or lower max_connections",
                    limits.open(),
                    settings.files() > 0 ? settings.files() : "so many");
        }
    }

    ConnectionLimits limits() {
        return limits;
    }
}
