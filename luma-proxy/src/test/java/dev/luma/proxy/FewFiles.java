package dev.luma.proxy;

import dev.luma.core.Admission;
import dev.luma.core.Endpoint;
import dev.luma.core.HostMemory;
import dev.luma.core.InMemoryProjectStore;
import dev.luma.core.Lease;
import dev.luma.core.Limits;
import dev.luma.core.Project;
import dev.luma.core.ProjectListener;
import dev.luma.core.Projects;
import dev.luma.core.Refusal;
import dev.luma.core.Upstream;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A data plane in a process of its own, for {@link FileLimitTest}: in front of an app on the given port until its input
 * ends, then it says how often the app was started.
 */
final class FewFiles {

    private FewFiles() {}

    public static void main(String[] arguments) throws Exception {
        int appPort = Integer.parseInt(arguments[0]);
        Transport transport = Transport.valueOf(arguments[1]);
        loadAll(ProxyServer.class);
        loadAll(Projects.class);
        FakeRuntime runtime = new FakeRuntime();
        runtime.leadTo(new Endpoint("127.0.0.1", appPort, Endpoint.Reach.DIRECT));
        RealTime time = new RealTime();
        EventLoops loops = EventLoops.create(1, new DefaultThreadFactory("loop", true), transport);
        Projects projects = new Projects(
                runtime,
                new NettyReadinessProbe(loops),
                new InMemoryProjectStore(),
                time,
                time,
                Limits.DEFAULTS,
                HostMemory.UNKNOWN,
                ProjectListener.NONE,
                () -> "t");
        Project draft = Project.draft("app", "app.test", "image", 80, Map.of(), Optional.empty());
        Upstream app = ((Projects.Change.Done) projects.register(draft)).upstream();
        ProxyServer server = new ProxyServer(
                loops, ProxySettings.DEFAULTS.at("127.0.0.1", 0), projects.routes(), time, AccessLog.off());
        server.start();
        wake(app);
        System.out.println("port " + server.port());
        while (System.in.read() >= 0) {
            // until the test is over
        }
        System.out.println("starts " + runtime.starts());
    }

    /** The packaged program has its classes in one file, which is open; here each may be in a file of its own. */
    private static void loadAll(Class<?> example) throws Exception {
        Path folder = Path.of(
                example.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder.resolve("dev"))) {
            files = found.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : files) {
            String name = folder.relativize(file).toString();
            if (!name.endsWith("package-info.class")) {
                Class.forName(
                        name.substring(0, name.length() - ".class".length()).replace('/', '.'));
            }
        }
    }

    private static void wake(Upstream app) {
        CompletableFuture<Void> awake = new CompletableFuture<>();
        Admission admission = app.acquire(app.waitDeadline(), new Admission.Listener() {
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
}
