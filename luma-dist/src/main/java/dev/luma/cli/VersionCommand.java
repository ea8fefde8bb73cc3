package dev.luma.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code luma version}: which Luma, on which Java. */
@Command(name = "version", description = "Print the version.", optionListHeading = "%nOptions:%n")
final class VersionCommand implements Callable<Integer>, IVersionProvider {

    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"luma " + Main.version() + " (Java " + System.getProperty("java.version") + ")"};
    }

    @Override
    public Integer call() {
        console.say(getVersion()[0]);
        return 0;
    }
}
