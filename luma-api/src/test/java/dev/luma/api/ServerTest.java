package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Starting, and what the server does when its helpers do not work. */
@ExtendWith(LeakWatch.class)
class ServerTest {

    @Test
    void saysWhenThePortIsTaken() throws Exception {
        try (TestApi api = new TestApi()) {
            ApiServer second = new ApiServer(
                    new ApiSettings("127.0.0.1", api.server.port(), 8080, "1"),
                    api.projects,
                    api.runtime,
                    Thread::new,
                    api.workers);

            IOException error = assertThrows(IOException.class, second::start);

            assertTrue(error.getMessage().contains(":" + api.server.port()), error.getMessage());
            assertTrue(error.getMessage().contains("api_port"), error.getMessage());
            second.stop().toCompletableFuture().join();
        }
    }

    @Test
    void stopsTwice() throws Exception {
        try (TestApi api = new TestApi()) {
            api.server.stop().toCompletableFuture().join();
            api.server.stop().toCompletableFuture().join();
        }
    }

    @Test
    void saysWhenItHasTooMuchToDo() throws Exception {
        try (TestApi api = new TestApi()) {
            api.workers.shutdown();

            var response = api.post("/projects", TestApi.NGINX);

            assertEquals(503, response.statusCode());
            assertEquals("1", response.headers().firstValue("retry-after").orElseThrow());
        }
    }
}
