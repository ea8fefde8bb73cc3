package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Random inputs, the same in every run, against a second opinion: Luma may refuse what others take, and never takes what
 * they refuse or would read differently.
 */
class DifferentialTest {

    private static final Duration TIME = Duration.ofSeconds(3);
    private static final int MOST = 200_000;

    private record Request(String method, String target, String body) {}

    @Test
    void scannerAndFramingAreAsStrictAsNettysDecoder() {
        Mutations mutations = new Mutations(20260101);
        long end = System.nanoTime() + TIME.toNanos();
        int taken = 0;
        for (int i = 0; i < MOST && System.nanoTime() < end; i++) {
            byte[] octets = mutations.next();
            List<Request> ours = ours(octets);
            List<Request> theirs = theirs(octets);
            boolean within = ours.size() <= theirs.size() && ours.equals(theirs.subList(0, ours.size()));
            assertTrue(within, () -> "input " + shown(octets) + "\nours " + ours + "\ntheirs " + theirs);
            taken += ours.size();
        }
        assertTrue(taken > 100, "only " + taken + " requests were taken");
    }

    /** The whole relay: what comes out is read by a strict parser, and each answer belongs to one request of it. */
    @Test
    void whatReachesTheUpstreamIsAlwaysClean() throws IOException {
        Mutations mutations = new Mutations(20260102);
        long end = System.nanoTime() + TIME.toNanos();
        try (ProxyKit kit = ProxyKit.start()) {
            kit.upstream.answer("HTTP/1.1 299 Answer\r\nContent-Length: 0\r\n\r\n");
            for (int i = 0; i < MOST && System.nanoTime() < end; i++) {
                byte[] octets = mutations.next();
                int before = kit.upstream.requests().size();
                int cut = mutations.cut(octets.length);
                int answered;
                try (RawClient client = new RawClient(kit.server.port())) {
                    client.send(Arrays.copyOf(octets, cut));
                    client.send(Arrays.copyOfRange(octets, cut, octets.length));
                    client.halfClose();
                    answered = count("HTTP/1.1 299 Answer", client.rest());
                }
                int reached = kit.upstream.requests().size() - before;
                assertEquals(List.of(), kit.upstream.failures(), () -> shown(octets));
                assertEquals(answered, reached, () -> shown(octets));
            }
        }
    }

    private static int count(String word, String text) {
        return text.split(Pattern.quote(word), -1).length - 1;
    }

    private static List<Request> ours(byte[] octets) {
        List<Request> requests = new ArrayList<>();
        RequestHead head = new RequestHead();
        ByteBuf in = Unpooled.wrappedBuffer(octets);
        try {
            while (in.isReadable()) {
                byte[] rest = new byte[in.readableBytes()];
                in.getBytes(in.readerIndex(), rest);
                int length = head.scan(rest, rest.length);
                if (length == 0) {
                    return requests;
                }
                int targetStart = head.absoluteForm ? head.methodEnd + 1 : head.targetStart;
                String method = Octets.text(rest, head.methodStart, head.methodEnd);
                String target = Octets.text(rest, targetStart, head.targetEnd);
                Authority.host(rest, head.authorityStart, head.authorityEnd);
                in.skipBytes(length);
                String body = body(head, in);
                if (body == null) {
                    return requests;
                }
                requests.add(new Request(method, target, body));
            }
        } catch (BadMessage refused) {
            return requests;
        }
        return requests;
    }

    /** The body without its framing; null when it is not whole. */
    private static String body(RequestHead head, ByteBuf in) throws BadMessage {
        BodyFraming framing = new BodyFraming();
        if (!head.fields.chunked) {
            framing.counted(Math.max(0, head.fields.contentLength));
            int length = framing.measure(in);
            String body =
                    in.readCharSequence(length, StandardCharsets.ISO_8859_1).toString();
            return framing.isDone() ? body : null;
        }
        framing.chunked();
        StringBuilder body = new StringBuilder();
        for (ByteBuf piece = framing.nextContent(in); piece != null; piece = framing.nextContent(in)) {
            body.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        }
        return framing.isDone() ? body.toString() : null;
    }

    private static List<Request> theirs(byte[] octets) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(1 << 16)
                .setMaxHeaderSize(1 << 16)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)));
        channel.writeInbound(Unpooled.wrappedBuffer(octets));
        List<Request> requests = new ArrayList<>();
        HttpRequest begun = null;
        StringBuilder body = new StringBuilder();
        boolean refused = false;
        for (HttpObject part = channel.readInbound(); part != null; part = channel.readInbound()) {
            refused |= part.decoderResult().isFailure();
            if (part instanceof HttpRequest request) {
                begun = request;
                body.setLength(0);
            }
            if (part instanceof HttpContent content && !(part instanceof FullHttpRequest)) {
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            }
            if (part instanceof LastHttpContent && begun != null && !refused) {
                requests.add(new Request(begun.method().name(), begun.uri(), body.toString()));
            }
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        return requests;
    }

    private static String shown(byte[] octets) {
        StringBuilder shown = new StringBuilder();
        for (byte octet : octets) {
            boolean visible = octet >= ' ' && octet < 127;
            shown.append(visible ? String.valueOf((char) octet) : String.format("\\x%02x", octet));
            shown.append(octet == '\n' ? "\n" : "");
        }
        return shown.toString();
    }
}
