package dev.luma.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code luma version}: which Luma, on which Java. */
@Command(name = "version", description = "Print the version.", optionListHeading = "%nOptions:%n")
final class VersionCommand implements Callable<Integer> {

    private final Console console;

    VersionCommand(Console console) {
        this.console = console;
    }

    /** The version of the jar; classes that are not in one are still being developed. */
    static String version() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public Integer call() {
        console.say("luma " + version() + " (Java " + System.getProperty("java.version") + ")");
        return 0;
    }
}
