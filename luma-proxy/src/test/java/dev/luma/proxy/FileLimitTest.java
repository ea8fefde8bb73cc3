package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that really runs out of file descriptors, and has some again later. */
class FileLimitTest {

    private static final int FILES = 128;
    private static final String WARNING = "No file descriptor is left for another connection";

    @ParameterizedTest
    @MethodSource("dev.luma.proxy.ProxyKit#transports")
    void acceptingPausesAndGoesOnAndTheAppIsNotToBlame(Transport transport) throws Exception {
        try (RecordingUpstream upstream = new RecordingUpstream();
                Child child = new Child(upstream, transport)) {
            int port = child.port();
            List<RawClient> crowd = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                crowd.add(new RawClient(port));
            }
            ProxyKit.await(() -> child.said(WARNING) == 1);

            // The first one is connected; there is nothing left for a connection to the app.
            Message answer = crowd.get(0).ask(ProxyKit.GET);
            assertEquals(503, answer.status());
            assertEquals("OUT_OF_FILES", answer.field("luma-reason"));
            assertEquals("close", answer.field("connection"));

            // The last one waits in the kernel's queue, and is served when there is room.
            RawClient last = crowd.get(FILES - 1).send(ProxyKit.GET);
            for (RawClient client : crowd.subList(0, FILES / 2)) {
                client.close();
            }
            assertEquals(200, last.response().status());
            assertEquals(200, last.ask(ProxyKit.GET).status());
            for (RawClient client : crowd) {
                client.close();
            }
            child.end();
            assertEquals(1, child.said(WARNING), child.output::toString);
            assertEquals(1, child.said("starts 1"), child.output::toString);
            assertEquals(List.of(), upstream.failures());
        }
    }

    private static final class Child implements AutoCloseable {
        private final Process process;
        private final List<String> output = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> reading;

        Child(RecordingUpstream upstream, Transport transport) throws IOException {
            int appPort = upstream.endpoint(Endpoint.Reach.DIRECT).port();
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            process = new ProcessBuilder(
                            "sh",
                            "-c",
                            "ulimit -n " + FILES + " && exec \"$@\"",
                            "sh",
                            java,
                            "-Xmx64m",
                            "-XX:+UseSerialGC",
                            "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            FewFiles.class.getName(),
                            Integer.toString(appPort),
                            transport.name())
                    .redirectErrorStream(true)
                    .start();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            reading = Background.run(() -> {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    output.add(line);
                }
            });
        }

        int port() {
            ProxyKit.await(() -> said("port ") == 1 || !process.isAlive());
            return output.stream()
                    .filter(line -> line.startsWith("port "))
                    .map(line -> Integer.parseInt(line.substring(5)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(output.toString()));
        }

        long said(String what) {
            return output.stream().filter(line -> line.contains(what)).count();
        }

        void end() throws Exception {
            process.getOutputStream().close();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            reading.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
