package dev.luma.cli;

import dev.luma.server.Rehearsal;
import dev.luma.server.StartException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code luma prepare}: lets the JVM see what Luma does, so that it can keep the loaded classes in an archive; the launch
 * script says where.
 */
@Command(
        name = "prepare",
        description = "Make Luma start faster with the JDK in use, by an archive of its classes beside the program.",
        optionListHeading = "%nOptions:%n")
final class PrepareCommand implements Callable<Integer> {

    private final Console console;

    PrepareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws StartException, InterruptedException {
        Rehearsal.run(VersionCommand.version(), PrepareCommand::tryVerbs);
        console.say("Prepared for Java " + System.getProperty("java.version"));
        return 0;
    }

    /** Runs what users run, on projects that are not there. */
    private static void tryVerbs(int apiPort) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        String api = "http://127.0.0.1:" + apiPort;
        LumaCommand.run(new String[] {"ps", "--api", api}, nowhere, nowhere);
        LumaCommand.run(
                new String[] {"deploy", "Not/A/Name", "--image", "x", "-e", "A=B", "--api", api}, nowhere, nowhere);
        LumaCommand.run(new String[] {"start", "nobody", "--api", api}, nowhere, nowhere);
        LumaCommand.run(new String[] {"stop", "nobody", "--api", api}, nowhere, nowhere);
        LumaCommand.run(new String[] {"rm", "nobody", "--api", api}, nowhere, nowhere);
        LumaCommand.run(new String[] {"serve", "--help"}, nowhere, nowhere);
        LumaCommand.run(new String[] {"version"}, nowhere, nowhere);
    }
}
