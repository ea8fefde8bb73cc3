package dev.luma.cli;

import dev.luma.server.Rehearsal;
import dev.luma.server.StartException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The program. What serves is kept apart from the parser of command lines, whose classes no AOT cache takes (their format
 * is too old), and whose loading would take longer than everything else that starts.
 */
public final class Main {

    /** What the launch script runs for an archive that only "serve" uses. */
    private static final String[] REHEARSE_SERVE = {"prepare", "serve"};

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Runs one command line and returns its exit code. */
    static int run(String[] arguments, PrintStream out, PrintStream err) throws InterruptedException {
        Console console = new Console(out, err);
        Optional<ServeFlags> serve = ServeFlags.read(arguments);
        if (serve.isPresent()) {
            return serve.get().serve(console);
        }
        return Arrays.equals(arguments, REHEARSE_SERVE)
                ? rehearse(console, false)
                : LumaCommand.run(arguments, out, err);
    }

    /**
     * Lets Luma be used for a while.
     *
     * @param withVerbs whether by the other verbs too
     */
    static int rehearse(Console console, boolean withVerbs) throws InterruptedException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try {
            Rehearsal.run(line -> runUnasked(line, nowhere, console.err()), withVerbs);
            return 0;
        } catch (StartException wrong) {
            return console.failed(wrong);
        }
    }

    private static int runUnasked(String[] line, PrintStream out, PrintStream err) {
        try {
            return run(line, out, err);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return Console.FAILED;
        }
    }

    /** The version of the jar; classes that are not in one are still being developed. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
