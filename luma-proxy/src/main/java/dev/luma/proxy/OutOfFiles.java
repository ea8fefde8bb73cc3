package dev.luma.proxy;

import io.netty.channel.unix.Errors;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells whether something failed because the process, or the machine, has no file descriptors left. */
final class OutOfFiles {

    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final String WORDS = "Too many open files";

    private OutOfFiles() {}

    static boolean is(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Errors.NativeIoException known) {
                int error = -known.expectedErr();
                return error == EMFILE || error == ENFILE;
            }
            String message = cause.getMessage();
            if (cause instanceof IOException && message != null && message.contains(WORDS)) {
                return true;
            }
        }
        return false;
    }
}
