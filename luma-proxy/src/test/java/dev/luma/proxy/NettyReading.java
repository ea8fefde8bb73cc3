package dev.luma.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A second opinion on a connection's octets: the requests that Netty's strict decoder reads before it refuses, if it does. */
record NettyReading(List<Reading.Request> requests, boolean refused) {

    static NettyReading of(byte[] octets) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(1 << 16)
                .setMaxHeaderSize(1 << 16)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)));
        channel.writeInbound(Unpooled.wrappedBuffer(octets));
        List<Reading.Request> requests = new ArrayList<>();
        String method = "";
        String target = "";
        StringBuilder body = new StringBuilder();
        boolean refused = false;
        for (HttpObject part = channel.readInbound(); part != null && !refused; part = channel.readInbound()) {
            refused = part.decoderResult().isFailure();
            if (part instanceof HttpRequest request) {
                method = request.method().name();
                target = request.uri();
                body.setLength(0);
            }
            if (part instanceof HttpContent content) {
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            }
            if (part instanceof LastHttpContent && !refused) {
                requests.add(new Reading.Request(method, target, body.toString()));
            }
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        return new NettyReading(requests, refused);
    }
}
