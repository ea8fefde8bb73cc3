package dev.luma.docker;

/** The engine answers, but Luma cannot work with it. The message says why, and what to do. */
final class UnsupportedEngineException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsupportedEngineException(String message) {
        super(message);
    }
}
