package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.Admission;
import dev.luma.core.Endpoint;
import dev.luma.core.HostMemory;
import dev.luma.core.InMemoryProjectStore;
import dev.luma.core.Lease;
import dev.luma.core.Limits;
import dev.luma.core.Project;
import dev.luma.core.ProjectListener;
import dev.luma.core.ProjectStatus.InstanceStatus;
import dev.luma.core.Projects;
import dev.luma.core.Refusal;
import dev.luma.core.Scheduler;
import dev.luma.core.Upstream;
import dev.luma.core.Waking;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/**
 * A whole data plane on a free port, in front of one project "app" at "app.test" whose instances are
 * {@link RecordingUpstream}s. Closing it checks that nothing is left: no connection, no lease, nobody in the line.
 */
final class ProxyKit implements AutoCloseable {

    static final String HOST = "Host: app.test\r\n";
    static final String GET = "GET / HTTP/1.1\r\n" + HOST + "\r\n";

    /** Of this kit alone, so that what is in use can be counted to the last octet. */
    final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);

    final RealTime time = new RealTime();
    final FakeRuntime runtime = new FakeRuntime();
    final RecordingUpstream upstream;
    final Projects projects;
    final ProxyServer server;
    final EventLoops loops;
    private final List<RawClient> clients = new ArrayList<>();

    private ProxyKit(Options options) throws IOException {
        upstream = new RecordingUpstream();
        runtime.leadTo(upstream.endpoint(options.reach));
        loops = EventLoops.create(options.loops, new DefaultThreadFactory("loop", true), options.transport);
        NettyReadinessProbe probe = new NettyReadinessProbe(loops);
        AtomicInteger prefixes = new AtomicInteger();
        projects = new Projects(
                runtime,
                (target, listener) -> probe.await(target, () -> runtime.whenOpen(listener::ready)),
                new InMemoryProjectStore(),
                time,
                options.timeless ? (task, delay) -> Scheduler.Cancellable.NONE : time,
                options.limits,
                HostMemory.UNKNOWN,
                ProjectListener.NONE,
                () -> "t" + prefixes.incrementAndGet());
        register("app", "app.test", options.coldStart);
        server = new ProxyServer(loops, options.settings, projects.routes(), time, options.log, allocator);
        server.start();
        if (!options.cold) {
            wake();
        }
    }

    /** Those of this machine. */
    static List<Transport> transports() {
        return Arrays.stream(Transport.values())
                .filter(each -> each.whyNot().isEmpty())
                .toList();
    }

    /** How the data plane of a test differs from the usual one. */
    static final class Options {
        private Transport transport = Transport.usual();
        private boolean cold;
        private Waking.ColdStart coldStart = Waking.ColdStart.WAIT;
        private boolean timeless;
        private AccessLog log = AccessLog.off();
        private int loops = 1;
        private Limits limits = Limits.DEFAULTS;
        private Endpoint.Reach reach = Endpoint.Reach.DIRECT;
        private ProxySettings settings = ProxySettings.DEFAULTS.at("127.0.0.1", 0);

        Options nio() {
            return transport(Transport.NIO);
        }

        Options transport(Transport which) {
            transport = which;
            return this;
        }

        /** The project sleeps until the first request. */
        Options cold() {
            cold = true;
            return this;
        }

        /** The project sleeps until the first request, and shows a page to browsers that would have to wait. */
        Options page() {
            cold = true;
            coldStart = Waking.ColdStart.PAGE;
            return this;
        }

        /** No timer of the domain ever fires, so that nothing happens there because a machine is slow. */
        Options timeless() {
            timeless = true;
            return this;
        }

        Options log(AccessLog to) {
            log = to;
            return this;
        }

        Options reach(Endpoint.Reach how) {
            reach = how;
            return this;
        }

        Options loops(int count) {
            loops = count;
            return this;
        }

        Options line(int capacity) {
            limits = new Limits(
                    limits.idleTimeout(),
                    limits.pauseTimeout(),
                    limits.waitTimeout(),
                    capacity,
                    limits.maxWaiting(),
                    limits.startTimeout(),
                    limits.stopGrace(),
                    limits.drainTimeout());
            return this;
        }

        Options waitTimeout(Duration wait) {
            limits = new Limits(
                    limits.idleTimeout(),
                    limits.pauseTimeout(),
                    wait,
                    limits.lineCapacity(),
                    limits.maxWaiting(),
                    limits.startTimeout(),
                    limits.stopGrace(),
                    limits.drainTimeout());
            return this;
        }

        Options settings(UnaryOperator<ProxySettings> change) {
            settings = change.apply(settings);
            return this;
        }

        ProxyKit start() throws IOException {
            return new ProxyKit(this);
        }
    }

    static ProxyKit start() throws IOException {
        return new Options().start();
    }

    static ProxyKit cold() throws IOException {
        return new Options().cold().start();
    }

    static Options with() {
        return new Options();
    }

    Upstream register(String name, String hostname) throws IOException {
        return register(name, hostname, Waking.ColdStart.WAIT);
    }

    private Upstream register(String name, String hostname, Waking.ColdStart coldStart) throws IOException {
        Project draft = Project.draft(name, hostname, "image", 80, Map.of(), Optional.empty())
                .withWaking(Waking.USUAL.withColdStart(coldStart));
        return ((Projects.Change.Done) projects.register(draft)).upstream();
    }

    Upstream app() {
        return projects.find("app").orElseThrow();
    }

    int waiting() {
        return app().status().waiting();
    }

    int inFlight() {
        return app().status().instances().stream()
                .mapToInt(InstanceStatus::inFlight)
                .sum();
    }

    /** Wakes the project without a request. */
    void wake() {
        CompletableFuture<Void> awake = new CompletableFuture<>();
        Admission admission = app().acquire(app().waitDeadline(), new Admission.Listener() {
            @Override
            public void granted(Lease lease) {
                lease.release();
                awake.complete(null);
            }

            @Override
            public void refused(Refusal refusal) {
                awake.completeExceptionally(new IllegalStateException(refusal.detail()));
            }
        });
        if (admission instanceof Lease lease) {
            lease.release();
        } else {
            awake.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    /** Lets nothing through to the running instance until it is found ready again. */
    void suspend() {
        Lease lease = app().tryAcquire();
        if (lease == null) {
            throw new IllegalStateException("not awake");
        }
        lease.releaseUnreachable();
    }

    RawClient client() throws IOException {
        return client(0);
    }

    RawClient client(int receiveBuffer) throws IOException {
        RawClient client = new RawClient(server.port(), receiveBuffer);
        clients.add(client);
        return client;
    }

    int clientConnections() {
        return sum(Loop::clients);
    }

    int idleUpstreamConnections() {
        return sum(loop -> loop.pool.size());
    }

    private int sum(ToIntFunction<Loop> of) {
        int sum = 0;
        for (Loop loop : server.loops()) {
            sum += loop.eventLoop
                    .submit(() -> of.applyAsInt(loop))
                    .syncUninterruptibly()
                    .getNow();
        }
        return sum;
    }

    /** Returns when the loops have read what was sent before, so that what is sent now comes as another read. */
    void settle() {
        clientConnections(); // the loop may be among its tasks just now, and read only afterwards
        clientConnections();
    }

    static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        await(() -> clientConnections() == 0);
        await(() -> waiting() == 0 && inFlight() == 0);
        server.stop(Duration.ofSeconds(5))
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        await(() -> idleUpstreamConnections() == 0);
        await(() -> upstream.open() == 0);
        await(() -> Flow.buffered(this) == 0);
        upstream.close();
        projects.close(Limits.DEFAULTS.drainTimeout());
        loops.close();
        time.close();
        assertEquals(List.of(), upstream.failures());
    }
}
