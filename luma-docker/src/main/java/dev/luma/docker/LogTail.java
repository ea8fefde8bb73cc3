package dev.luma.docker;

import com.github.dockerjava.api.model.Frame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last lines that a container has logged, each cut to a readable length. */
final class LogTail {

    static final int LINES = 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
    private static final int LONGEST_LINE = 1_000;
    private static final int MOST_BYTES = 256 * 1024;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private LogTail() {}

    /**
     * Never fails: what cannot be read is left out.
     *
     * @param since the second of the engine's clock before which nothing is of interest; 0 for none
     */
    static CompletionStage<List<String>> read(
            Engine engine, String containerId, int since, Duration limit, ScheduledExecutorService timer) {
        LogTail tail = new LogTail();
        EngineStream<Frame> stream = new EngineStream<>(tail::take);
        CompletionStage<Void> ended = stream.endedWithin(limit, timer);
        try {
            engine.client()
                    .logContainerCmd(containerId)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTail(LINES)
                    .withSince(since)
                    .exec(stream);
        } catch (RuntimeException refused) {
            stream.onError(refused);
        }
        return ended.handle((end, error) -> {
            if (error != null) {
                LOG.debug("The log of the container {} could not be read", containerId, error);
            }
            return tail.lines();
        });
    }

    private synchronized void take(Frame frame) {
        if (bytes.size() < MOST_BYTES) {
            bytes.writeBytes(frame.getPayload());
        }
    }

    private synchronized List<String> lines() {
        return lines(bytes.toString(StandardCharsets.UTF_8));
    }

    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        text.lines()
                .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line)
                .forEach(lines::add);
        return List.copyOf(lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
