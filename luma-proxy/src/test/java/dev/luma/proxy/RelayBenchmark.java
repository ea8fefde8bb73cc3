package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What each message costs outside of the kernel: its head is scanned and written anew, its chunks are walked.
 * {@code luma-dist/src/bench/functions.sh} runs it; the tests do not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "-XX:+UseSerialGC",
            "-Dio.netty.allocator.type=pooled",
            "-Dio.netty.noUnsafe=false",
            "-Dio.netty.leakDetection.level=disabled",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=dev.luma.proxy.RelayBenchmark$Threads"
        })
public class RelayBenchmark {

    private static final byte[] BARE_REQUEST = Octets.of("GET /100 HTTP/1.1\r\nHost: relay.localhost\r\n\r\n");
    private static final byte[] BROWSER_REQUEST = Octets.of("GET /products/42?sort=price&page=3 HTTP/1.1\r\n"
            + "Host: shop.example.org\r\n"
            + "Connection: keep-alive\r\n"
            + "sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\n"
            + "sec-ch-ua-mobile: ?0\r\n"
            + "sec-ch-ua-platform: \"Linux\"\r\n"
            + "Upgrade-Insecure-Requests: 1\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
            + "Sec-Fetch-Site: same-origin\r\n"
            + "Sec-Fetch-Mode: navigate\r\n"
            + "Sec-Fetch-Dest: document\r\n"
            + "Referer: https://shop.example.org/products\r\n"
            + "Accept-Encoding: gzip, deflate, br\r\n"
            + "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
            + "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n\r\n");
    private static final byte[] RESPONSE = Octets.of("HTTP/1.1 200 OK\r\n"
            + "Server: nginx/1.22.1\r\n"
            + "Date: Wed, 25 Nov 2026 12:00:00 GMT\r\n"
            + "Content-Type: application/octet-stream\r\n"
            + "Content-Length: 100\r\n"
            + "Connection: keep-alive\r\n\r\n");

    private final RequestHead request = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final byte[] forwarded = HeadWriter.forwarded("192.0.2.1", "192.0.2.1", "http", "relay.localhost", "");
    private final RequestId requestId = new RequestId();
    private final ByteBuf composed = Unpooled.buffer(4096);
    private final SplittableRandom numbers = new SplittableRandom();
    private final byte[] nothing = {};
    private final ByteBuf smallChunks = chunks(100, 160);
    private final ByteBuf largeChunks = chunks(8192, 2);

    /** 16 KiB of content, or nearly, in chunks of one size. */
    private static ByteBuf chunks(int size, int count) {
        ByteBuf body = Unpooled.directBuffer();
        for (int i = 0; i < count; i++) {
            body.writeBytes(Octets.of(Integer.toHexString(size) + "\r\n"))
                    .writeZero(size)
                    .writeBytes(Octets.of("\r\n"));
        }
        return body.writeBytes(Octets.of("0\r\n\r\n"));
    }

    @Setup
    public void scanOnce() throws BadMessage {
        request.scan(BROWSER_REQUEST, BROWSER_REQUEST.length);
        response.scan(RESPONSE, RESPONSE.length);
    }

    @TearDown
    public void release() {
        smallChunks.release();
        largeChunks.release();
    }

    @Benchmark
    public int scanBareRequest() throws BadMessage {
        return request.scan(BARE_REQUEST, BARE_REQUEST.length);
    }

    @Benchmark
    public int scanBrowserRequest() throws BadMessage {
        return request.scan(BROWSER_REQUEST, BROWSER_REQUEST.length);
    }

    @Benchmark
    public int scanResponse() throws BadMessage {
        return response.scan(RESPONSE, RESPONSE.length);
    }

    @Benchmark
    public ByteBuf writeBrowserRequest() {
        requestId.of(request, numbers);
        return HeadWriter.request(composed.clear(), request, forwarded, requestId);
    }

    @Benchmark
    public ByteBuf writeResponse() {
        return HeadWriter.response(composed.clear(), response, false, false, false, nothing, nothing);
    }

    @Benchmark
    public int walkChunksOf100() throws BadMessage {
        return walk(smallChunks);
    }

    @Benchmark
    public int walkChunksOf8192() throws BadMessage {
        return walk(largeChunks);
    }

    private static int walk(ByteBuf body) throws BadMessage {
        ChunkWalker walker = new ChunkWalker();
        int at = 0;
        while (!walker.isAtEnd()) {
            at = walker.walk(body, at, body.writerIndex());
        }
        return at;
    }

    /** Threads of Netty's kind: on others its allocator keeps nothing for the next time. */
    public static final class Threads extends ThreadPoolExecutor {

        public Threads(int threads, String prefix) {
            super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
        }
    }
}
