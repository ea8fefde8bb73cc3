package dev.luma.proxy;

/** The transport for machines without epoll. */
class NioTest extends OtherTransportTest {
    NioTest() {
        super(Transport.NIO);
    }
}
