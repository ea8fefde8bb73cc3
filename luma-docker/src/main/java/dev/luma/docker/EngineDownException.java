package dev.luma.docker;

/** There is no connection to the engine. The message says why, in words for the operator. */
final class EngineDownException extends Exception {
    private static final long serialVersionUID = 1L;

    EngineDownException(String message) {
        super(message);
    }
}
