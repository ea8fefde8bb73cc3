package dev.luma.server;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * A short run of everything with a real load, so that the JVM sees what Luma loads and which methods are hot: Luma is
 * started as by a user, projects are deployed, woken, asked for in every framing and put to sleep, and it is asked to end.
 * The engine and the app are the rehearsal's own and run nothing, so it goes the same way on every machine, and changes
 * none. It takes the whole process, which has to end afterwards.
 */
public final class Rehearsal {

    private static final int READY_WITHIN_SECONDS = 30;
    private static final int TRY_AGAIN_MILLIS = 20;
    private static final int WAKES = 30;
    private static final int VISITS = 50;

    private final ToIntFunction<String[]> verbs;
    private final boolean withVerbs;
    private final Path directory;
    private final int appPort;
    private final int apiPort;
    private final RehearsalGuest guest;

    private Rehearsal(ToIntFunction<String[]> verbs, boolean withVerbs, Path directory, int appPort)
            throws IOException {
        this.verbs = verbs;
        this.withVerbs = withVerbs;
        this.directory = directory;
        this.appPort = appPort;
        try (ServerSocket proxy = new ServerSocket(0);
                ServerSocket api = new ServerSocket(0)) {
            this.apiPort = api.getLocalPort();
            this.guest = new RehearsalGuest(proxy.getLocalPort(), apiPort);
        }
    }

    /**
     * Runs once, to the end of the Luma that it starts.
     *
     * @param verbs runs a command line as a user does, and returns its exit code
     * @param withVerbs whether users run other verbs than "serve", too
     */
    public static void run(ToIntFunction<String[]> verbs, boolean withVerbs)
            throws StartException, InterruptedException {
        try {
            Path directory = Files.createTempDirectory("luma-rehearsal");
            try (RehearsalEngine engine = RehearsalEngine.at(directory.resolve("engine"));
                    RehearsalApp app = RehearsalApp.open()) {
                new Rehearsal(verbs, withVerbs, directory, app.port()).run(engine.host());
            } finally {
                remove(directory);
            }
        } catch (IOException | ExecutionException | TimeoutException failed) {
            throw StartException.because(failed);
        }
    }

    private void run(String engine) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Integer> luma = new CompletableFuture<>();
        String[] command = serve(engine);
        Threads.named("luma-rehearsal-serve")
                .newThread(() -> luma.complete(verbs.applyAsInt(command)))
                .start();
        try {
            awaitReady(luma);
            play();
        } finally {
            if (!luma.isDone()) {
                Signals.raise();
            }
        }
        if (luma.get(READY_WITHIN_SECONDS, TimeUnit.SECONDS) != 0) {
            throw new IOException("the rehearsal went wrong: Luma did not end as it should");
        }
    }

    /** With a file and with flags, so that the classes for both are seen. */
    private String[] serve(String engine) throws IOException {
        Path file = Files.writeString(
                directory.resolve("luma.yaml"), "# A comment\nlog_level: info\nallowed_upstreams: [127.0.0.0/8]\n");
        return new String[] {
            "serve",
            "--config",
            file.toString(),
            "--proxy-host",
            "127.0.0.1",
            "--proxy-port",
            Integer.toString(guest.proxyPort()),
            "--api-host",
            "127.0.0.1",
            "--api-port",
            Integer.toString(apiPort),
            "--docker-host",
            engine,
            "--state-dir",
            directory.resolve("state").toString(),
            "--access-log",
            "json",
            "--access-log-path",
            directory.resolve("access.log").toString()
        };
    }

    private void awaitReady(CompletableFuture<Integer> luma) throws IOException, InterruptedException {
        for (int left = READY_WITHIN_SECONDS * 1_000; !luma.isDone(); left -= TRY_AGAIN_MILLIS) {
            try {
                guest.call("GET", "/readyz", "", " 200 ");
                return;
            } catch (IOException notYet) {
                if (left < 0) {
                    throw notYet;
                }
                Thread.sleep(TRY_AGAIN_MILLIS);
            }
        }
        throw new IOException("the rehearsal went wrong: Luma did not start");
    }

    private void play() throws IOException {
        String port = Integer.toString(appPort);
        register("woken", "\"docker_image\": \"rehearsal:1\", \"idle_timeout\": \"1h\", \"container_port\": " + port);
        register("beside", "\"upstream\": \"127.0.0.1:" + port + '"');
        guest.visit("woken.localhost", VISITS);
        guest.visit("beside.localhost", VISITS);
        for (int wake = 0; wake < WAKES; wake++) {
            guest.call("POST", "/projects/woken/stop", "{}", " 200 ");
            guest.visit("woken.localhost", 1);
        }
        guest.call("GET", "/projects", "", " 200 ");
        guest.call("GET", "/projects/woken", "", " 200 ");
        guest.call("PATCH", "/projects/woken", "{\"idle_timeout\": \"5m\"}", " 200 ");
        guest.call("POST", "/projects", "{\"name\": \"Not/A/Name\"}", " 422 ");
        guest.call("DELETE", "/projects/beside", "", " 204 ");
        if (withVerbs) {
            verb("deploy", "image", "--image", "rehearsal:1", "--port", port, "-e", "A=B");
            verb("ps");
            verb("stop", "woken");
            verb("start", "woken");
            verb("ps", "--json");
            verb("rm", "image");
        }
    }

    private void register(String name, String more) throws IOException {
        String draft = "{\"name\": \"" + name + "\", \"hostname\": \"" + name + ".localhost\", " + more + '}';
        guest.call("POST", "/projects", draft, " 201 ");
    }

    private void verb(String... words) throws IOException {
        String[] line = Stream.concat(Stream.of(words), Stream.of("--api", "http://127.0.0.1:" + apiPort))
                .toArray(String[]::new);
        if (verbs.applyAsInt(line) != 0) {
            throw new IOException("the rehearsal went wrong at: luma " + String.join(" ", words));
        }
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
