package dev.luma.server;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Durations;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.Refusal;
import dev.luma.core.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The runtime of projects that Luma does not run, in front of the one for all others. To start one is to find an address
 * behind its name that is allowed and takes a connection. Names are looked up again from time to time, since they can
 * lead elsewhere later. Any thread may call it.
 */
final class ExternalUpstreams implements ContainerRuntime {

    private static final Duration START = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);
    private static final int CONNECT_MILLIS = 1_500;

    private final ContainerRuntime containers;
    private final AllowedUpstreams allowed;
    private final Executor lookups;
    private final ScheduledExecutorService timer;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    /** Starts that go on, each with whether it is over. */
    private final Map<String, AtomicBoolean> starting = new ConcurrentHashMap<>();

    private volatile Optional<Listener> listener = Optional.empty();

    /** Where an instance leads to. */
    private record Place(String project, Source.External upstream, InetAddress address, ScheduledFuture<?> looking) {}

    /** @param lookups where names are looked up and connections tried, which blocks */
    ExternalUpstreams(
            ContainerRuntime containers, AllowedUpstreams allowed, Executor lookups, ScheduledExecutorService timer) {
        this.containers = containers;
        this.allowed = allowed;
        this.lookups = lookups;
        this.timer = timer;
    }

    @Override
    public CompletionStage<Void> prepare(Project project) {
        return project.isExternal() ? CompletableFuture.completedFuture(null) : containers.prepare(project);
    }

    @Override
    public void start(String instanceId, Project project, StartListener events) {
        if (!(project.source() instanceof Source.External upstream)) {
            containers.start(instanceId, project, events);
            return;
        }
        AtomicBoolean over = new AtomicBoolean();
        starting.put(instanceId, over);
        ScheduledFuture<?> limit = timer.schedule(
                () -> fail(project, upstream + " was not found within " + Durations.format(START), over, events),
                START.toMillis(),
                TimeUnit.MILLISECONDS);
        lookups.execute(() -> {
            try {
                InetAddress address = find(upstream);
                // Its watch is there before it is over, so that a stop finds either.
                places.put(instanceId, new Place(project.name(), upstream, address, lookAgain(instanceId)));
                if (!over.compareAndSet(false, true)) {
                    forget(instanceId);
                } else {
                    events.addressed(new Endpoint(address.getHostAddress(), upstream.port(), Endpoint.Reach.DIRECT));
                }
            } catch (IOException unusable) {
                fail(project, String.valueOf(unusable.getMessage()), over, events);
            } finally {
                starting.remove(instanceId);
                limit.cancel(false);
            }
        });
    }

    private static void fail(Project project, String why, AtomicBoolean over, StartListener events) {
        if (over.compareAndSet(false, true)) {
            events.failed(new StartFailure(
                    Refusal.Reason.START_FAILED, "the upstream of " + project.name() + ", " + why, List.of()));
        }
    }

    /** The first address that is allowed and takes a connection; otherwise a sentence about the first that is not so. */
    private InetAddress find(Source.External upstream) throws IOException {
        List<String> complaints = new ArrayList<>();
        for (InetAddress address : lookUp(upstream)) {
            Optional<String> refusal = allowed.refusal(address, upstream.port());
            if (refusal.isPresent()) {
                complaints.add(upstream + ", " + refusal.get());
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, upstream.port()), CONNECT_MILLIS);
                return address;
            } catch (IOException unreachable) {
                complaints.add(upstream + ", takes no connection at " + address.getHostAddress() + " ("
                        + unreachable.getMessage() + ")");
            }
        }
        throw new IOException(complaints.get(0));
    }

    private static List<InetAddress> lookUp(Source.External upstream) throws IOException {
        try {
            return Arrays.asList(InetAddress.getAllByName(upstream.host()));
        } catch (UnknownHostException unknown) {
            throw new IOException(upstream + ", has a host name that leads to no address", unknown);
        }
    }

    private ScheduledFuture<?> lookAgain(String instanceId) {
        return timer.scheduleWithFixedDelay(
                () -> check(instanceId), LOOK_AGAIN.toMillis(), LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the name still leads to the address; if not, the listener is told. A failing look-up changes nothing. */
    @Override
    public CompletionStage<Boolean> check(String instanceId) {
        Place place = places.get(instanceId);
        if (place == null) {
            return containers.check(instanceId);
        }
        try {
            lookups.execute(() -> {
                try {
                    if (!lookUp(place.upstream()).contains(place.address())) {
                        listener.ifPresent(to -> to.outdated(place.project(), instanceId));
                    }
                } catch (IOException unknownForNow) {
                    return; // what is connected may well go on
                }
            });
        } catch (RejectedExecutionException stopping) {
            return CompletableFuture.completedFuture(true);
        }
        return CompletableFuture.completedFuture(true);
    }

    @Override
    public CompletionStage<Void> stop(String instanceId, Duration grace) {
        AtomicBoolean over = starting.remove(instanceId);
        if (over != null) {
            over.set(true);
        }
        return forget(instanceId) || over != null
                ? CompletableFuture.completedFuture(null)
                : containers.stop(instanceId, grace);
    }

    private boolean forget(String instanceId) {
        Place place = places.remove(instanceId);
        if (place != null) {
            place.looking().cancel(false);
        }
        return place != null;
    }

    @Override
    public Status status() {
        return containers.status();
    }

    @Override
    public void listen(Listener to) {
        listener = Optional.of(to);
        containers.listen(to);
    }
}
