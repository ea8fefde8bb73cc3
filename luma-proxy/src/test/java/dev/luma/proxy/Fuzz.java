package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks something for many mutated inputs: a fixed number of them, the same in every build, or with -Dluma.fuzz=N new ones
 * for N seconds in all. An input that fails is left in target/fuzz, in the form of the corpus.
 */
final class Fuzz {

    private static final int SECONDS = Integer.getInteger("luma.fuzz", 0);
    private static final long SEED =
            Long.getLong("luma.fuzz.seed", SECONDS == 0 ? 20260101 : new SplittableRandom().nextLong());
    /** All the usual inputs together take a small part of it: what takes longer does not end. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Odd, and other than the step that the random numbers of one input take, so that no two inputs share theirs. */
    private static final long STEP = 0xd1342543de82ef95L;

    private final String name;
    private final Mutations mutations;
    private volatile byte[] current = {};
    private final AtomicLong number = new AtomicLong();

    /** What has to hold for an input. */
    interface Check {
        void check(byte[] octets, SplittableRandom random) throws Exception;
    }

    Fuzz(String name, Mutations mutations) {
        this.name = name;
        this.mutations = mutations;
    }

    /**
     * @param usual for how many inputs
     * @param share the part of the time that this has, if a time is given
     */
    void run(int usual, double share, Check check) {
        Duration time = Duration.ofMillis(Math.round(SECONDS * 1000 * share));
        long end = System.nanoTime() + time.toNanos();
        assertTimeoutPreemptively(
                time.plus(PATIENCE),
                () -> {
                    while (SECONDS == 0 ? number.get() < usual : System.nanoTime() < end) {
                        checkInput(check);
                        number.incrementAndGet();
                    }
                },
                () -> "did not come to an end: " + keep());
        if (SECONDS > 0) {
            System.out.printf("%s: %d inputs of seed %d in %d s%n", name, number.get(), SEED, time.toSeconds());
        }
    }

    private void checkInput(Check check) {
        SplittableRandom random = new SplittableRandom(SEED + number.get() * STEP);
        byte[] octets = mutations.next(random);
        current = octets;
        try {
            check.check(octets, random);
        } catch (Exception | Error failed) {
            throw new AssertionError(failed.getMessage() + "\n" + keep(), failed);
        }
    }

    private String keep() {
        String text = "# Input " + number + " of seed " + SEED + " of " + name + ".\n" + Splits.escape(current) + "\n";
        try {
            Path directory = Files.createDirectories(Path.of("target", "fuzz"));
            Files.writeString(directory.resolve(name + "-" + Long.toHexString(SEED) + "-" + number + ".http"), text);
        } catch (IOException unwritable) {
            return text + unwritable;
        }
        return text;
    }

    /** The octets in up to four pieces. */
    static List<byte[]> cut(byte[] octets, SplittableRandom random) {
        int[] cuts =
                random.ints(random.nextInt(4), 0, octets.length + 1).sorted().toArray();
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            pieces.add(Arrays.copyOfRange(octets, from, cut));
            from = cut;
        }
        pieces.add(Arrays.copyOfRange(octets, from, octets.length));
        return pieces;
    }
}
