package dev.luma.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Optional;

/** What one client is answered by Luma itself, in place of an upstream. Confined to the connection's loop. */
final class OwnAnswers {

    private final ClientConnection client;
    private final Loop loop;
    private final Channel channel;

    OwnAnswers(ClientConnection client, Loop loop, Channel channel) {
        this.client = client;
        this.loop = loop;
        this.channel = channel;
    }

    /** Says why there is no other answer. */
    void failure(
            Failure failure,
            String detail,
            Optional<Duration> retryAfter,
            boolean page,
            boolean bodiless,
            boolean stays) {
        if (client.exchange() == null) {
            client.nameBroken();
        }
        boolean close = !stays || failure.breaksFraming() || !client.mayServeMore();
        ByteBuf own = ErrorAnswer.of(
                channel.alloc(),
                failure,
                detail,
                retryAfter,
                client.requestId(),
                loop.date.now(),
                page,
                bodiless,
                close);
        client.trail().beginBroken(client.clientAddress(), loop, client.input.waiting());
        client.trail().named(client.requestId());
        client.trail().answered(failure, own);
        client.write(own);
        client.exchangeOver(!close, failure.breaksFraming() || !stays);
    }

    /** Shows the page in place of the answer that the request waits for. */
    void page(WaitingPage page, boolean stays) {
        boolean close = !stays || !client.mayServeMore();
        ByteBuf own = ErrorAnswer.waiting(channel.alloc(), page, client.requestId(), loop.date.now(), close);
        client.trail().answered(page.failure(), own);
        client.write(own);
        client.exchangeOver(!close, !stays);
    }

    /** To an OPTIONS that goes no further. */
    void options(boolean stays) {
        boolean close = !stays || !client.mayServeMore();
        client.trail().answered(204);
        client.write(ErrorAnswer.options(channel.alloc(), loop.date.now(), close));
        client.exchangeOver(!close, !stays);
    }
}
