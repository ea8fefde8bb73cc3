package dev.luma.proxy;

/**
 * How long to wait between tries. A pause grows with the time that has gone by, so that an app is found ready a fiftieth
 * of it late at worst, and one that takes half a minute is tried ten times a second in the end. An app that answers is
 * asked less often, since each answer is work for it.
 */
final class Pauses {

    private static final int FIRST_MICROS = 1_000;
    private static final int LONGEST_MICROS = 100_000;
    private static final int SHARE_OF_CONNECTING = 50;
    private static final int SHARE_OF_ASKING = 10;

    private int micros = FIRST_MICROS;

    int afterNoConnection() {
        return next(SHARE_OF_CONNECTING);
    }

    int afterNotYet() {
        return next(SHARE_OF_ASKING);
    }

    private int next(int share) {
        int pause = micros;
        micros = Math.min(LONGEST_MICROS, micros + micros / share);
        return pause;
    }
}
