package dev.luma.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What holds for every input that there can be, tried on mutations of the corpus and of good messages. Luma may refuse what
 * others take, and never takes what they refuse or would read differently.
 */
class FuzzTest {

    private static final String ANSWER = "HTTP/1.1 299 Answer\r\nContent-Length: 0\r\n\r\n";
    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

    private int taken;

    /** RFC 9112 section 2: a message does not depend on the segments in which it comes. */
    @Test
    @Rfc("9112 2")
    void requestsAreReadTheSameHoweverTheyAreCut() {
        Fuzz fuzz = new Fuzz("cuts", Mutations.ofRequests());
        fuzz.run(100_000, 0.1, (octets, random) -> {
            Reading whole = Reading.of(octets);
            assertEquals(whole, Reading.of(Fuzz.cut(octets, random)));
            assertEquals(whole, Reading.of(Fuzz.cut(octets, random)));
        });
    }

    @Test
    void inputsAreWrittenSoThatTheyCanBeReadAgain() {
        Mutations mutations = Mutations.ofRequests();
        for (int seed = 0; seed < 1_000; seed++) {
            byte[] octets = mutations.next(new SplittableRandom(seed));
            assertArrayEquals(octets, Splits.unescape(Splits.escape(octets).replace("\n", "")));
        }
    }

    @Test
    @Rfc("9112 11.2")
    void requestsAreReadAsStrictlyAsNettysDecoderReadsThem() {
        Fuzz fuzz = new Fuzz("opinions", Mutations.ofRequests());
        fuzz.run(150_000, 0.3, (octets, random) -> {
            if (!agree(octets)) {
                byte[] plain = Known.without(octets);
                assertTrue(agree(plain), () -> Reading.of(plain) + " is not " + NettyReading.of(plain));
            }
            taken += Reading.of(octets).requests().size();
        });
        assertTrue(taken > 100, () -> "only " + taken + " requests were taken");
    }

    /** Where Luma ends by a refusal, the other one may read on. */
    private static boolean agree(byte[] octets) {
        Reading ours = Reading.of(octets);
        List<Reading.Request> theirs = NettyReading.of(octets).requests();
        int count = ours.requests().size();
        boolean sameCount = ours.refused() == 0 ? count == theirs.size() : count <= theirs.size();
        return sameCount && ours.requests().equals(theirs.subList(0, count));
    }

    /** What Luma takes and Netty refuses, knowingly; without it, they have to agree. */
    private enum Known {
        /** RFC 9110 section 5.6.4: obs-text may be in a quoted string, and so in the extensions of a chunk. */
        NON_ASCII_IN_EXTENSION("(?<=\n[0-9A-Fa-f]{1,15};[^\n]{0,300})[\\x80-\\xff]", "x");

        private final Pattern found;
        private final String agreed;

        Known(String found, String agreed) {
            this.found = Pattern.compile(found);
            this.agreed = agreed;
        }

        static byte[] without(byte[] octets) {
            String text = new String(octets, ISO_8859_1);
            for (Known known : values()) {
                text = known.found.matcher(text).replaceAll(known.agreed);
            }
            return text.getBytes(ISO_8859_1);
        }
    }

    /** What comes out is read by a strict parser, and each answer belongs to one request of it. */
    @Test
    @Rfc("9112 11.2")
    void requestsReachTheUpstreamCleanOrNotAtAll() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer(ANSWER);
            Fuzz fuzz = new Fuzz("requests", Mutations.ofRequests());
            fuzz.run(2_000, 0.3, (octets, random) -> {
                List<String> statuses = statuses(send(kit, List.of(octets)));
                int before = kit.upstream.requests().size();
                String answers = send(kit, Fuzz.cut(octets, random));
                List<Message> reached = kit.upstream.requests();
                reached = reached.subList(before, reached.size());
                assertEquals(List.of(), kit.upstream.failures());
                assertEquals(statuses, statuses(answers), answers);
                assertEquals(Collections.frequency(statuses, "299"), reached.size(), answers);
                assertAmong(Reading.of(octets).requests(), reached);
                taken += reached.size();
            });
            assertTrue(taken > 100, () -> "only " + taken + " requests were taken");
        }
    }

    private static String send(ProxyKit kit, List<byte[]> pieces) throws IOException {
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
            return client.rest();
        }
    }

    /** Some of what was read has reached the upstream, in that order, and nothing else has. */
    private static void assertAmong(List<Reading.Request> read, List<Message> reached) {
        int at = 0;
        for (Message message : reached) {
            while (at < read.size() && !isSame(read.get(at), message)) {
                at++;
            }
            assertTrue(at++ < read.size(), () -> message.startLine() + " " + message.text() + " is none of " + read);
        }
    }

    private static boolean isSame(Reading.Request read, Message reached) {
        String target = read.target();
        boolean sameTarget = target.startsWith("/")
                ? target.equals(reached.target())
                : target.endsWith(reached.target())
                        || reached.target().startsWith("/?")
                        || reached.target().equals("/");
        return sameTarget
                && read.method().equals(reached.method())
                && read.body().equals(reached.text());
    }

    /** Of the final answers and of interim ones that Luma did not make for a client that has closed its side. */
    private static List<String> statuses(String answers) {
        return STATUS.matcher(answers)
                .results()
                .map(line -> line.group(1))
                .filter(status -> !status.equals("102"))
                .toList();
    }

    /** With two clients: the one that asked gets what was said or sees that it is cut, and the other one its own answer. */
    @Test
    @Rfc("9112 11.1")
    void responsesReachNobodyElse() throws IOException {
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer(GOOD);
            Fuzz fuzz = new Fuzz("responses", Mutations.ofResponses());
            fuzz.run(250, 0.3, (octets, random) -> {
                boolean toHead = random.nextInt(4) == 0;
                AtomicBoolean usedAgain = new AtomicBoolean();
                String answers = replay(kit, toHead, Fuzz.cut(octets, random), usedAgain);
                assertEquals(List.of(), kit.upstream.failures());
                // Where nothing at all was said, another connection is asked.
                byte[] heard = octets.length == 0 ? GOOD.getBytes(ISO_8859_1) : octets;
                Message said = finalAnswer(heard, toHead, usedAgain.get());
                Message got = finalAnswer(answers, toHead);
                if (got != null && (got.status() != 502 || usedAgain.get())) { // 502 is Luma's own word
                    assertEquals(said == null ? "nothing" : shown(said), shown(got));
                    taken++;
                }
            });
            assertTrue(taken > 20, () -> "only " + taken + " whole answers arrived");
        }
    }

    private static String shown(Message answer) {
        return asHttp11(answer.status() + " " + answer.text() + " " + answer.trailers());
    }

    /** @return everything that the client gets that asked for it */
    private static String replay(ProxyKit kit, boolean toHead, List<byte[]> pieces, AtomicBoolean usedAgain)
            throws IOException {
        CountDownLatch said = new CountDownLatch(1);
        AtomicReference<RecordingUpstream.Connection> asked = new AtomicReference<>();
        kit.upstream.next(connection -> {
            asked.set(connection);
            connection.request();
            try {
                for (byte[] piece : pieces) {
                    connection.send(piece);
                    kit.settle();
                }
            } finally {
                said.countDown();
            }
            connection.request();
            usedAgain.set(true);
            connection.send(GOOD);
        });
        try (RawClient first = new RawClient(kit.server.port());
                RawClient second = new RawClient(kit.server.port())) {
            first.send((toHead ? "HEAD" : "GET") + " / HTTP/1.1\r\n" + ProxyKit.HOST + "\r\n");
            RecordingUpstream.await(said);
            assertEquals("ok", second.ask(ProxyKit.GET).text());
            asked.get().close(); // what is not whole by now never will be
            first.halfClose();
            String answers = first.rest();
            assertEquals("ok", second.ask(ProxyKit.GET).text());
            return answers;
        }
    }

    /** What the client got: nothing behind the final answer, which is missing only if the client sees that it is cut. */
    private static @Nullable Message finalAnswer(String answers, boolean toHead) throws IOException {
        try {
            return finalAnswer(octets(answers.replace("<reset>", "")), toHead, true);
        } catch (EOFException cut) {
            assertTrue(answers.endsWith("<reset>"), answers);
            return null;
        }
    }

    /** What the upstream said, if it is clear; it has to be where Luma takes it for so clear that it goes on. */
    private static @Nullable Message finalAnswer(byte[] said, boolean toHead, boolean clear) throws IOException {
        try {
            return finalAnswer(octets(asHttp11(new String(said, ISO_8859_1))), toHead, clear);
        } catch (IOException unclear) {
            if (clear) {
                throw unclear;
            }
            return null;
        }
    }

    private static Message finalAnswer(InputStream in, boolean toHead, boolean alone) throws IOException {
        StrictReader reader = new StrictReader(in);
        Message answer = reader.response(toHead);
        while (answer.status() < 200) {
            answer = reader.response(toHead);
        }
        if (alone && in.available() > 0) {
            throw new IOException("there is something behind the answer: " + new String(in.readAllBytes(), ISO_8859_1));
        }
        return answer;
    }

    /** The strict reader is made for what Luma says, which is HTTP/1.1 always. */
    private static String asHttp11(String text) {
        return text.replaceAll("HTTP/1\\.[0-9] ", "HTTP/1.1 ");
    }

    private static InputStream octets(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }
}
