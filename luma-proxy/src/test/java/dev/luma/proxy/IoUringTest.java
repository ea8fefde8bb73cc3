package dev.luma.proxy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;

/** The transport that an operator may choose. */
class IoUringTest extends OtherTransportTest {

    IoUringTest() {
        super(Transport.IO_URING);
    }

    @BeforeAll
    static void isThere() {
        assumeTrue(
                Transport.IO_URING.whyNot().isEmpty(),
                () -> Transport.IO_URING.whyNot().orElseThrow());
    }
}
