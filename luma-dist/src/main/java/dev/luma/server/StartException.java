package dev.luma.server;

/** Luma cannot start; the message is a sentence for the operator. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    StartException(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    /** Passes on an error whose message is a sentence for the operator already. */
    static StartException because(Exception cause) {
        String message = cause.getMessage();
        return new StartException(message == null ? cause.toString() : message, cause);
    }
}
