package dev.luma.proxy;

/**
 * A message that breaks the rules: carries what to answer and never a stack trace, since it is thrown at whoever sends
 * garbage. From a client it becomes an error answer, from an upstream a 502.
 */
final class BadMessage extends Exception {
    private static final long serialVersionUID = 1L;

    private final Failure failure;

    BadMessage(Failure failure, String detail) {
        super(detail, null, false, false);
        this.failure = failure;
    }

    static BadMessage malformed(String detail) {
        return new BadMessage(Failure.BAD_REQUEST, detail);
    }

    Failure failure() {
        return failure;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
