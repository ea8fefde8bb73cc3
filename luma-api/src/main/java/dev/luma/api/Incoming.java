package dev.luma.api;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The request that a connection is busy with, from its head to its answer. Confined to the event loop. */
final class Incoming {

    private final HttpRequest head;
    private final Router.@Nullable Match match;
    private final @Nullable Answer refusal;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final CompletableFuture<Void> clientLeft = new CompletableFuture<>();

    private Incoming(HttpRequest head, Router.@Nullable Match match, @Nullable Answer refusal) {
        this.head = head;
        this.match = match;
        this.refusal = refusal;
    }

    static Incoming admitted(HttpRequest head, Router.Match match) {
        return new Incoming(head, match, null);
    }

    /** One whose answer is known before its body is read. */
    static Incoming refused(HttpRequest head, Answer answer) {
        return new Incoming(head, null, answer);
    }

    HttpRequest head() {
        return head;
    }

    @Nullable
    Answer refusal() {
        return refusal;
    }

    CompletableFuture<Void> clientLeft() {
        return clientLeft;
    }

    int bodyLength() {
        return body.size();
    }

    void append(ByteBuf content) {
        if (match == null) {
            return;
        }
        try {
            content.readBytes(body, content.readableBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    Handler handler() {
        return admission().handler();
    }

    ApiRequest request() {
        return new ApiRequest(admission().parameters(), body.toByteArray(), clientLeft);
    }

    private Router.Match admission() {
        if (match == null) {
            throw new IllegalStateException("a refused request has no handler");
        }
        return match;
    }
}
