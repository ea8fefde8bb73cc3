package dev.luma.server;

import dev.luma.core.ContainerRuntime;
import dev.luma.core.Durations;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.Refusal;
import dev.luma.core.Scheduler;
import dev.luma.core.Source;
import dev.luma.core.Way;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The runtime of projects that Luma does not run, in front of the one for all others. To start one is to find an address
 * behind its name that is allowed and takes a connection. Names are looked up again from time to time, since they can
 * lead elsewhere later. Any thread may call it.
 */
final class ExternalUpstreams implements ContainerRuntime {

    private static final Duration START = Source.External.START_TIMEOUT;
    private static final Duration TRY_AGAIN = Duration.ofMillis(250);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final ContainerRuntime containers;
    private final AddressFinder finder;
    private final Executor lookups;
    private final Scheduler timer;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private final Map<String, Search> searches = new ConcurrentHashMap<>();

    private volatile Optional<Listener> listener = Optional.empty();

    /** @param lookups where addresses are found, which blocks */
    ExternalUpstreams(ContainerRuntime containers, AddressFinder finder, Executor lookups, Scheduler timer) {
        this.containers = containers;
        this.finder = finder;
        this.lookups = lookups;
        this.timer = timer;
    }

    /** Where an instance leads to. */
    private record Place(String project, Source.External upstream, InetAddress address) {}

    /** A start that goes on: tries until an address is found, its time is over, or it is stopped, whatever is first. */
    private final class Search {
        private final String instanceId;
        private final Project project;
        private final Source.External upstream;
        private final StartListener events;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile String complaint;
        private volatile Scheduler.Cancellable limit = Scheduler.Cancellable.NONE;

        Search(String instanceId, Project project, Source.External upstream, StartListener events) {
            this.instanceId = instanceId;
            this.project = project;
            this.upstream = upstream;
            this.events = events;
            this.complaint = upstream + ", was not found within " + Durations.format(START);
        }

        void begin() {
            searches.put(instanceId, this);
            tryNow();
        }

        private void tryNow() {
            try {
                lookups.execute(this::find);
            } catch (RejectedExecutionException stopping) {
                fail(upstream + ", is not looked for, as Luma is stopping");
            }
        }

        private void find() {
            if (limit == Scheduler.Cancellable.NONE) {
                limitTime();
            }
            if (over.get()) {
                return;
            }
            try {
                found(finder.find(upstream, over::get));
            } catch (AddressFinder.NotFoundException none) {
                complaint = String.valueOf(none.getMessage());
                if (none.isWorthAnotherTry()) {
                    timer.schedule(this::tryNow, TRY_AGAIN);
                } else {
                    fail(complaint);
                }
            }
        }

        /** From the first look on: how long others keep it waiting says nothing about this upstream. */
        private void limitTime() {
            limit = timer.schedule(() -> fail(complaint), START);
            // Whoever has ended it in between saw no limit to cancel.
            if (over.get()) {
                limit.cancel();
            }
        }

        private void found(InetAddress address) {
            Place place = new Place(project.name(), upstream, address);
            // There before the search is over, so that a stop finds either.
            places.put(instanceId, place);
            if (end()) {
                lookAgainLater(instanceId);
                events.entered(WakePhase.READY);
                events.addressed(
                        new Endpoint(address.getHostAddress(), upstream.port(), Endpoint.Reach.DIRECT), Way.EXTERNAL);
            } else {
                places.remove(instanceId);
            }
        }

        private void fail(String why) {
            if (end()) {
                events.failed(new StartFailure(
                        Refusal.Reason.START_FAILED, "the upstream of " + project.name() + ", " + why, List.of()));
            }
        }

        /** Whether it was not over before. */
        boolean end() {
            searches.remove(instanceId);
            limit.cancel();
            return over.compareAndSet(false, true);
        }
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
        new Search(instanceId, project, upstream, events).begin();
    }

    private void lookAgainLater(String instanceId) {
        timer.schedule(
                () -> {
                    if (places.containsKey(instanceId)) {
                        check(instanceId);
                        lookAgainLater(instanceId);
                    }
                },
                LOOK_AGAIN);
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
                    if (!finder.leadsTo(place.upstream(), place.address())) {
                        listener.ifPresent(to -> to.outdated(place.project(), instanceId));
                    }
                } catch (AddressFinder.NotFoundException unknownForNow) {
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
        return letGo(instanceId) ? CompletableFuture.completedFuture(null) : containers.stop(instanceId, grace);
    }

    @Override
    public CompletionStage<Void> sleep(String instanceId, Project project, Duration grace) {
        return letGo(instanceId)
                ? CompletableFuture.completedFuture(null)
                : containers.sleep(instanceId, project, grace);
    }

    /** Whether the instance was one of those that Luma does not run. */
    private boolean letGo(String instanceId) {
        Search search = searches.get(instanceId);
        boolean ended = search != null && search.end();
        return places.remove(instanceId) != null || ended;
    }

    /** Also for one that has become external: what is kept of its container is of no use any more. */
    @Override
    public void makeAhead(Project project) {
        containers.makeAhead(project);
    }

    @Override
    public CompletionStage<Void> forget(Project project) {
        return containers.forget(project);
    }

    /** Only of containers: what Luma does not run never sleeps. */
    @Override
    public CompletionStage<Void> pause(String instanceId) {
        return containers.pause(instanceId);
    }

    @Override
    public CompletionStage<Void> resume(String instanceId) {
        return containers.resume(instanceId);
    }

    @Override
    public List<Finding> findings() {
        return containers.findings();
    }

    @Override
    public int startsAtOnce() {
        return containers.startsAtOnce();
    }

    @Override
    public boolean isHere() {
        return containers.isHere();
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
