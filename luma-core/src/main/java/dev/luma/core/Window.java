package dev.luma.core;

import java.util.function.Consumer;

/**
 * How many of those who waited may be with an instance that has just become ready, as in TCP's slow start: a few at first,
 * and each that comes back makes room for two, so that the app sets the pace at which a line is let out. Confined to the
 * project's mailbox, but for {@link #tellCameBack}.
 *
 * <p>The first few are four: as many as a browser's page or the smallest app, with a handful of workers, has at work at
 * once. From 64 on, which are as many as an app with a short queue of connections can take, each that comes back makes
 * room for one, and time for some more: a crowd is out soon, but an app that needs its time for an answer, and that
 * hundreds always ask at once, is not held back for long either.
 *
 * <p>Some never come back, such as event streams and long polls. So when nobody has come back for a while, the window
 * doubles all the same.
 */
final class Window {

    static final int FIRST = 4;
    static final int MANY = 64;
    /** More than may wait. */
    private static final int LARGEST = 1 << 20;

    private final Consumer<Window> onCameBack;
    private int size = FIRST;
    private int out;
    private boolean silent = true;

    /** @param onCameBack asks, from any thread, for {@link #cameBack} in the mailbox */
    Window(Consumer<Window> onCameBack) {
        this.onCameBack = onCameBack;
    }

    boolean hasRoom() {
        return out < size;
    }

    void letOut() {
        out++;
    }

    /** One that was let out is done with, or does not count any more. Called by whatever thread sees it. */
    void tellCameBack() {
        onCameBack.accept(this);
    }

    void cameBack() {
        out--;
        if (size < MANY) {
            size++;
        }
        silent = false;
    }

    /** A while has passed. */
    void passTime() {
        if (silent) {
            size = Math.min(LARGEST, size * 2);
        } else if (size >= MANY) {
            size = Math.min(LARGEST, size + size / 8);
        }
        silent = true;
    }

    /** Nobody waits any more: who comes from now on comes as slowly or as fast as to any app that is awake. */
    void openWide() {
        size = LARGEST;
    }
}
