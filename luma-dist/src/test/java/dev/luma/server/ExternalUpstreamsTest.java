package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Cidr;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Endpoint;
import dev.luma.core.Project;
import dev.luma.core.Scheduler;
import dev.luma.core.Source;
import dev.luma.core.Way;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Where the name of an upstream leads, in a world of names and addresses without a network. */
class ExternalUpstreamsTest {

    private static final Source.External NAS = new Source.External("nas.lan", 5000);

    private List<InetAddress> addresses = List.of();
    private final Set<String> refusing = new HashSet<>();
    private final Set<String> silent = new HashSet<>();
    private final List<String> dialled = new ArrayList<>();
    private Runnable whileLookedUp = () -> {};
    private final Queue<Runnable> lookups = new ArrayDeque<>();
    private final Timers timers = new Timers();
    private final Heard heard = new Heard();
    private final Containers containers = new Containers();
    private final ExternalUpstreams upstreams = new ExternalUpstreams(
            containers,
            new AddressFinder(
                    new AllowedUpstreams(List.of(Cidr.of("10.0.0.0/8"), Cidr.of("127.0.0.0/8")), Set.of(8080, 8081)),
                    this::lookUp,
                    this::dial),
            lookups::add,
            timers);

    private List<InetAddress> lookUp(String host) throws UnknownHostException {
        assertEquals("nas.lan", host);
        whileLookedUp.run();
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return addresses;
    }

    private void dial(InetSocketAddress to) throws IOException {
        String address = to.getAddress().getHostAddress();
        dialled.add(address);
        if (refusing.contains(address)) {
            throw new ConnectException("Connection refused");
        }
        if (silent.contains(address)) {
            throw new SocketTimeoutException("Connect timed out");
        }
    }

    private static InetAddress ip(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    private void leadTo(String... literals) throws UnknownHostException {
        List<InetAddress> list = new ArrayList<>();
        for (String literal : literals) {
            list.add(ip(literal));
        }
        addresses = list;
    }

    private void start(String id) {
        start(id, NAS);
    }

    private void start(String id, Source source) {
        upstreams.start(id, Project.draft("nas", "nas.localhost", source, Optional.empty()), heard);
        lookUpNow();
    }

    private void lookUpNow() {
        for (Runnable next = lookups.poll(); next != null; next = lookups.poll()) {
            next.run();
        }
    }

    /** Runs what is due, and what is looked up then, which takes no time here. */
    private void pass(Duration time) {
        long end = timers.now + time.toNanos();
        while (timers.runNext(end)) {
            lookUpNow();
        }
        timers.now = end;
    }

    @Test
    void leadsToTheFirstAddressThatAnswers() throws Exception {
        leadTo("10.0.0.1", "10.0.0.2", "10.0.0.3");
        silent.add("10.0.0.1");
        start("i1");
        assertEquals(List.of("10.0.0.1", "10.0.0.2"), dialled);
        assertEquals(List.of(new Endpoint("10.0.0.2", 5000, Endpoint.Reach.DIRECT)), heard.addressed);
        assertEquals(List.of(), heard.failures);
    }

    @Test
    void dialsOnlyWhatIsAllowed() throws Exception {
        leadTo("192.0.2.1", "169.254.169.254", "2001:db8::1", "10.0.0.2", "192.0.2.2");
        start("i1");
        assertEquals(List.of("10.0.0.2"), dialled);
        assertEquals("10.0.0.2", heard.addressed.get(0).address());
    }

    @Test
    void dialsNothingWhereNothingIsAllowed() throws Exception {
        leadTo("192.0.2.1", "192.0.2.2");
        start("i1");
        assertEquals(List.of(), dialled);
        assertEquals(
                List.of(
                        "the upstream of nas, nas.lan:5000, leads to 192.0.2.1, which is not in allowed_upstreams; add it"
                                + " there and restart Luma"),
                heard.failures);
        pass(Duration.ofMinutes(10));
        assertEquals(1, heard.failures.size());
        assertEquals(0, timers.pending());
    }

    /** Not even where the operator has allowed all of its neighbours. */
    @Test
    void neverDialsLumaItselfHoweverItIsWritten() throws Exception {
        InetAddress loopback = ip("127.0.0.1");
        addresses = List.of(
                loopback,
                AllowedUpstreamsTest.mapped(loopback),
                ip("0.0.0.0"),
                AllowedUpstreamsTest.mapped(ip("0.0.0.0")),
                ip("127.9.9.9"));
        start("i1", new Source.External("nas.lan", 8081));
        assertEquals(List.of(), dialled);
        assertEquals(
                List.of("the upstream of nas, nas.lan:8081, leads to 127.0.0.1 port 8081, which is Luma itself"),
                heard.failures);
    }

    @Test
    void dialsAMappedAddressAsTheOneThatIsMeant() throws Exception {
        addresses = List.of(
                AllowedUpstreamsTest.mapped(ip("169.254.169.254")), AllowedUpstreamsTest.mapped(ip("10.0.0.7")));
        start("i1");
        assertEquals(List.of("10.0.0.7"), dialled);
        assertEquals("10.0.0.7", heard.addressed.get(0).address());
    }

    @Test
    void saysWhatDoesNotAnswerRatherThanWhatIsNotAllowedBesideIt() throws Exception {
        leadTo("::1", "127.0.0.1");
        silent.add("127.0.0.1");
        start("i1");
        assertEquals(
                List.of("the upstream of nas, nas.lan:5000, takes no connection at 127.0.0.1 (Connect timed out)"),
                heard.failures);
    }

    @Test
    void aNameThatLeadsNowhereIsTold() {
        start("i1");
        assertEquals(
                List.of("the upstream of nas, nas.lan:5000, has a host name that leads to no address"), heard.failures);
    }

    /** It may be about to start, as after a boot of the machine. */
    @Test
    void aRefusedConnectionIsTriedAgain() throws Exception {
        leadTo("10.0.0.1");
        refusing.add("10.0.0.1");
        start("i1");
        pass(Duration.ofSeconds(3));
        assertTrue(dialled.size() > 3);
        assertEquals(List.of(), heard.failures);
        refusing.clear();
        pass(Duration.ofSeconds(1));
        assertEquals("10.0.0.1", heard.addressed.get(0).address());
        pass(Duration.ofSeconds(20));
        assertEquals(1, heard.addressed.size());
        assertEquals(List.of(), heard.failures);
    }

    @Test
    void aConnectionThatIsRefusedAllTheTimeIsGivenUpAndSaysSo() throws Exception {
        leadTo("10.0.0.1");
        refusing.add("10.0.0.1");
        start("i1");
        pass(Duration.ofMillis(4_999));
        assertEquals(List.of(), heard.failures);
        pass(Duration.ofMillis(1));
        assertEquals(
                List.of("the upstream of nas, nas.lan:5000, takes no connection at 10.0.0.1 (Connection refused)"),
                heard.failures);
        int times = dialled.size();
        refusing.clear();
        pass(Duration.ofMinutes(10));
        assertEquals(times, dialled.size());
        assertEquals(0, timers.pending());
    }

    @Test
    void aLookUpThatHangsIsGivenUp() throws Exception {
        leadTo("10.0.0.1");
        whileLookedUp = () -> {
            assertTrue(timers.runNext(Duration.ofSeconds(5).toNanos()));
            assertEquals(List.of("the upstream of nas, nas.lan:5000, was not found within 5s"), heard.failures);
        };
        start("i1");
        assertEquals(1, heard.failures.size());
        assertEquals(List.of(), heard.addressed);
        assertEquals(List.of(), dialled);
    }

    /** As at a start of Luma, when many are looked for that do not answer. */
    @Test
    void theTimeOfAStartDoesNotRunWhileItWaitsForOthers() throws Exception {
        leadTo("10.0.0.1");
        refusing.add("10.0.0.1");
        upstreams.start("i1", Project.draft("nas", "nas.localhost", NAS, Optional.empty()), heard);
        timers.now = Duration.ofMinutes(1).toNanos();
        assertEquals(0, timers.pending());
        lookUpNow();
        pass(Duration.ofMillis(4_999));
        assertEquals(List.of(), heard.failures);
        pass(Duration.ofMillis(1));
        assertEquals(1, heard.failures.size());
    }

    /** Its limit is set by the thread that looks it up, at the moment of the stop. */
    @Test
    void aStopThatComesAsTheTimeBeginsLeavesNoTimer() throws Exception {
        leadTo("10.0.0.1");
        timers.onSchedule =
                () -> upstreams.stop("i1", Duration.ZERO).toCompletableFuture().join();
        start("i1");
        assertEquals(0, timers.pending());
        assertEquals(List.of(), dialled);
        assertEquals(List.of(), heard.addressed);
    }

    @Test
    void aStopEndsAStartThatWaitsForItsLookUp() throws Exception {
        leadTo("10.0.0.1");
        upstreams.start("i1", Project.draft("nas", "nas.localhost", NAS, Optional.empty()), heard);
        upstreams.stop("i1", Duration.ZERO).toCompletableFuture().join();
        assertNothingIsLeft();
    }

    @Test
    void aStopEndsAStartThatIsTriedAgain() throws Exception {
        leadTo("10.0.0.1");
        refusing.add("10.0.0.1");
        start("i1");
        upstreams.stop("i1", Duration.ZERO).toCompletableFuture().join();
        refusing.clear();
        dialled.clear();
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        lookUpNow();
        pass(Duration.ofMinutes(10));
        assertEquals(List.of(), dialled);
        assertEquals(List.of(), heard.addressed);
        assertEquals(List.of(), heard.failures);
        assertEquals(List.of(), containers.stopped);
        assertEquals(0, timers.pending());
    }

    /** The connection is being made at the moment of the stop. */
    @Test
    void aStopEndsAStartThatIsJustFound() throws Exception {
        addresses = List.of(ip("10.0.0.1"), ip("10.0.0.2"));
        ExternalUpstreams[] these = new ExternalUpstreams[1];
        these[0] = new ExternalUpstreams(
                containers,
                new AddressFinder(new AllowedUpstreams(List.of(Cidr.of("10.0.0.0/8")), Set.of()), this::lookUp, to -> {
                    dial(to);
                    these[0].stop("i1", Duration.ZERO).toCompletableFuture().join();
                }),
                lookups::add,
                timers);
        these[0].start("i1", Project.draft("nas", "nas.localhost", NAS, Optional.empty()), heard);
        lookUpNow();
        assertEquals(List.of("10.0.0.1"), dialled);
        dialled.clear();
        assertNothingIsLeft();
        these[0].check("i1");
        assertEquals(List.of("i1"), containers.checked);
    }

    @Test
    void aNameThatMovesIsTold() throws Exception {
        upstreams.listen(heard);
        leadTo("10.0.0.1");
        start("i1");
        pass(Duration.ofMinutes(5));
        leadTo("10.0.0.2", "10.0.0.1");
        pass(Duration.ofSeconds(31));
        assertEquals(List.of(), heard.outdated);
        leadTo("10.0.0.2");
        pass(Duration.ofSeconds(31));
        assertEquals(List.of("nas i1"), heard.outdated);
        upstreams.stop("i1", Duration.ZERO).toCompletableFuture().join();
        pass(Duration.ofMinutes(10));
        assertEquals(List.of("nas i1"), heard.outdated);
        assertEquals(0, timers.pending());
    }

    @Test
    void aNameThatIsNotKnownForAWhileChangesNothing() throws Exception {
        upstreams.listen(heard);
        leadTo("10.0.0.1");
        start("i1");
        addresses = List.of();
        pass(Duration.ofMinutes(5));
        assertEquals(List.of(), heard.outdated);
        leadTo("10.0.0.2");
        pass(Duration.ofSeconds(31));
        assertEquals(List.of("nas i1"), heard.outdated);
    }

    @Test
    void containersAreLeftToTheirRuntime() {
        start("i1", new Source.Container("image", 80, Map.of()));
        upstreams.check("i1");
        upstreams.stop("i1", Duration.ZERO);
        assertEquals(List.of("i1"), containers.started);
        assertEquals(List.of("i1"), containers.checked);
        assertEquals(List.of("i1"), containers.stopped);
        upstreams.pause("i1");
        assertEquals(List.of("i1"), containers.frozen);
        upstreams.resume("i1");
        assertEquals(List.of(), containers.frozen);
    }

    /** What a start and the listener are told. */
    private static final class Heard implements ContainerRuntime.StartListener, ContainerRuntime.Listener {
        private final List<Endpoint> addressed = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();
        private final List<String> outdated = new ArrayList<>();

        @Override
        public void entered(ContainerRuntime.WakePhase phase) {}

        @Override
        public void addressed(Endpoint endpoint, Way way) {
            assertEquals(Way.EXTERNAL, way);
            addressed.add(endpoint);
        }

        @Override
        public void failed(ContainerRuntime.StartFailure failure) {
            failures.add(failure.detail());
        }

        @Override
        public void ended(String project, String instanceId) {}

        @Override
        public void exited(String project, String instanceId, ContainerRuntime.Exit exit) {}

        @Override
        public void outdated(String project, String instanceId) {
            outdated.add(project + " " + instanceId);
        }

        @Override
        public void availabilityChanged(ContainerRuntime.Status status) {}
    }

    /** Time that passes when it is told to. */
    private static final class Timers implements Scheduler {
        private final List<Timer> set = new ArrayList<>();
        private Runnable onSchedule = () -> {};
        private long now;

        private record Timer(long due, Runnable task) {}

        @Override
        public Cancellable schedule(Runnable task, Duration delay) {
            Timer timer = new Timer(now + delay.toNanos(), task);
            onSchedule.run();
            set.add(timer);
            return () -> set.remove(timer);
        }

        int pending() {
            return set.size();
        }

        boolean runNext(long until) {
            Optional<Timer> next = set.stream()
                    .filter(timer -> timer.due <= until)
                    .min((one, other) -> Long.compare(one.due, other.due));
            next.ifPresent(timer -> {
                set.remove(timer);
                now = timer.due;
                timer.task.run();
            });
            return next.isPresent();
        }
    }

    /** Notes what is asked of it. */
    private static final class Containers implements ContainerRuntime {
        private final List<String> started = new ArrayList<>();
        private final List<String> stopped = new ArrayList<>();
        private final List<String> checked = new ArrayList<>();
        private final List<String> frozen = new ArrayList<>();

        @Override
        public CompletionStage<Void> prepare(Project project) {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void start(String instanceId, Project project, StartListener listener) {
            started.add(instanceId);
        }

        @Override
        public CompletionStage<Void> stop(String instanceId, Duration grace) {
            stopped.add(instanceId);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> pause(String instanceId) {
            frozen.add(instanceId);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> resume(String instanceId) {
            frozen.remove(instanceId);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Boolean> check(String instanceId) {
            checked.add(instanceId);
            return CompletableFuture.completedStage(true);
        }

        @Override
        public boolean isHere() {
            return true;
        }

        @Override
        public Status status() {
            return new Status(true, "");
        }

        @Override
        public void listen(Listener listener) {}
    }
}
