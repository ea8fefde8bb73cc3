package dev.luma.cli;

import java.io.PrintStream;
import java.util.Optional;

/** The program. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Runs one command line and returns its exit code. */
    static int run(String[] arguments, PrintStream out, PrintStream err) throws InterruptedException {
        Optional<ServeFlags> serve = ServeFlags.read(arguments);
        return serve.isPresent() ? serve.get().serve(new Console(out, err)) : LumaCommand.run(arguments, out, err);
    }
}
