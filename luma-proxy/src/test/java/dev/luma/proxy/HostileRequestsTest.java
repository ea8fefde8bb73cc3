package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every hostile request through a whole Luma, cut in many ways: what reaches the upstream is exactly what may, as
 * clean requests by the strict reader of {@link RecordingUpstream}, and the client gets exactly the answers that it should.
 */
class HostileRequestsTest {

    private static final String ANSWER = "HTTP/1.1 299 Answer\r\nContent-Length: 0\r\n\r\n";

    private ProxyKit kit;

    @BeforeEach
    void start() throws IOException {
        kit = ProxyKit.start();
        kit.upstream.answer(ANSWER);
    }

    @AfterEach
    void stop() throws IOException {
        kit.close();
    }

    static List<Hostile> inputs() {
        return Hostile.all("requests");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void getNoFurtherThanTheyMay(Hostile input) throws IOException {
        int ways = 0;
        for (List<byte[]> pieces : Splits.someCuts(input.octets())) {
            String way = "in " + pieces.size() + " pieces, the first of " + pieces.get(0).length;
            assertEquals(input.statuses(), statuses(pieces), way);
            ways++;
            assertEquals(List.of(), kit.upstream.failures(), way);
        }
        check(input, ways);
    }

    private List<Integer> statuses(List<byte[]> pieces) throws IOException {
        try (RawClient client = new RawClient(kit.server.port())) {
            try {
                for (byte[] piece : pieces) {
                    client.send(piece);
                    kit.settle();
                }
                client.halfClose();
            } catch (SocketException over) {
                // Luma has said its last word before all was sent, and does not listen any more.
            }
            return statuses(client.rest().replace("<reset>", ""));
        }
    }

    /** Of the final answers, each of which has to be whole. */
    private static List<Integer> statuses(String answers) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(answers.getBytes(StandardCharsets.ISO_8859_1));
        StrictReader reader = new StrictReader(in);
        List<Integer> statuses = new ArrayList<>();
        while (in.available() > 0) {
            int status = reader.response().status();
            if (status != 102) { // asked of a client that has closed its side, if it is still there
                statuses.add(status);
            }
        }
        return statuses;
    }

    private void check(Hostile input, int ways) {
        List<String> reaches = input.all(Hostile.Key.REACHES);
        List<Message> requests = kit.upstream.requests();
        assertEquals(ways * reaches.size(), requests.size());
        for (int i = 0; i < requests.size(); i++) {
            Message request = requests.get(i);
            assertEquals(reaches.get(i % reaches.size()), request.startLine());
            for (String line : input.all(Hostile.Key.WITH)) {
                assertTrue(request.lines().contains(line), () -> line + " is not in " + request.lines());
            }
            for (String name : input.all(Hostile.Key.WITHOUT)) {
                assertFalse(request.has(name), () -> name + " is in " + request.lines());
            }
        }
    }
}
