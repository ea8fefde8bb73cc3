package dev.luma.cli;

import java.io.PrintStream;

/** Where a verb writes: results to one stream, complaints to the other. */
record Console(PrintStream out, PrintStream err) {

    static final int FAILED = 1;
    static final int NOT_UNDERSTOOD = 2;

    void say(String line) {
        out.println(line);
    }

    /** Complains, and gives the exit code of a failure. */
    int complain(String sentence) {
        err.println("luma: " + sentence);
        return FAILED;
    }

    int failed(Exception failure) {
        if (failure instanceof ApiException refused) {
            refused.sentences().forEach(this::complain);
            return refused.exitCode();
        }
        String message = failure.getMessage();
        return complain(message == null ? failure.toString() : message);
    }
}
