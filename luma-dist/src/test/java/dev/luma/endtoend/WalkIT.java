package dev.luma.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The walk of the README, with the real curl and the real luma command. */
class WalkIT {

    @RegisterExtension
    final LumaFixture luma = new LumaFixture();

    @Test
    void aProjectRegisteredWithCurlAnswersCurlAndIsListed() throws Exception {
        luma.start();
        String registered =
                curl("-X", "POST", api("/projects"), "-H", "Content-Type: application/json", "-d", """
                {
                  "name": "my-nginx-app", "docker_image": "%s",
                  "env_vars": {"APP_ENV": "development"}, "container_port": 80, "hostname": "myapp.localhost" }
                """.formatted(
                                luma.image()));
        assertTrue(registered.contains("\"my-nginx-app\""), registered);

        assertEquals("hello\n", curl("-H", "Host: myapp.localhost", proxy("localhost", "/")));
        assertEquals("hello\n", curl(proxy("myapp.localhost", "/")));
        assertEquals("development\n", curl(proxy("myapp.localhost", "/cgi-bin/env?APP_ENV")));

        assertTrue(verb("ps").contains("running"), "luma ps shows that it runs");
        assertEquals(1, luma.containers().size());
        verb("stop", "my-nginx-app");
        assertEquals(0, luma.containers().size());
        verb("start", "my-nginx-app");
        verb("rm", "my-nginx-app");
        assertTrue(curl("-o", "/dev/null", "-w", "%{http_code}", proxy("myapp.localhost", "/"))
                .equals("404"));
    }

    private String curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
        command.addAll(Arrays.asList(arguments));
        return run(command);
    }

    private String verb(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(LumaFixture.INSTALLED.resolve("bin/luma").toString()));
        command.addAll(Arrays.asList(arguments));
        return run(command);
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LUMA_API", api(""));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> command + ": " + output);
        return output;
    }

    private String api(String path) {
        return "http://localhost:" + luma.apiPort() + path;
    }

    private String proxy(String host, String path) {
        return "http://" + host + ":" + luma.proxyPort() + path;
    }
}
