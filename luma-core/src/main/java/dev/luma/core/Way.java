package dev.luma.core;

/** How an instance came up. The ways differ in what the engine has to do for a wake, and so in how long it takes. */
public enum Way {
    /** Luma does not run it. */
    EXTERNAL,
    /** A container was made and started with a network of its own. */
    PLAIN,
    /** A container was made and started in a sandbox, whose network was there before. */
    SANDBOX,
    /** A container that had been made ahead of time was started, in its sandbox. */
    AHEAD,
    /** A container that had run before was started again, in its sandbox. */
    KEPT,
    /** A paused container went on where it was. */
    UNPAUSE;

    /** The name that users see. */
    public String word() {
        return Words.of(this);
    }
}
