package dev.luma.proxy;

import dev.luma.core.ReadinessProbe;
import dev.luma.core.Scheduler.Cancellable;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries an endpoint until the app is ready. If the project names a request, its answer says so. If not, an accepted
 * connection does on a container's own address, and any octets behind a published port, whose forwarder accepts for the
 * app.
 */
public final class NettyReadinessProbe implements ReadinessProbe {

    private static final Logger LOG = LoggerFactory.getLogger(NettyReadinessProbe.class);

    private final EventLoops loops;

    public NettyReadinessProbe(EventLoops loops) {
        this.loops = loops;
    }

    @Override
    public Cancellable await(Target target, Listener listener) {
        EventLoop loop = loops.next();
        ReadinessTrial trial = new ReadinessTrial(loops.transport, loop, target, listener);
        loop.execute(trial::attempt);
        return () -> {
            try {
                loop.execute(trial::cancel);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("The probe of {} ended with its loop", target.endpoint());
            }
        };
    }
}
