package dev.luma.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code luma prepare}: lets the JVM see what Luma does, so that it can keep what it has learnt in an archive. The launch
 * script says where, and that it is done.
 */
@Command(
        name = "prepare",
        description = "Make Luma start faster with the JDK in use, by an archive of what that loads and compiles.",
        optionListHeading = "%nOptions:%n")
final class PrepareCommand implements Callable<Integer> {

    private final Console console;

    PrepareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        return Main.rehearse(console, true);
    }
}
