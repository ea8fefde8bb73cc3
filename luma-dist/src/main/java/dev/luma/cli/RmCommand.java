package dev.luma.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code luma rm}: forgets projects. */
@Command(
        name = "rm",
        description = "Remove projects and their containers; images stay.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = {"  luma rm hello", "  luma rm hello shop"})
final class RmCommand implements Callable<Integer> {

    private final LumaCommand luma;
    private final Console console;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of the projects")
    private List<String> names = List.of();

    RmCommand(LumaCommand luma, Console console) {
        this.luma = luma;
        this.console = console;
    }

    /** Removes as many as it can: one that cannot be removed does not keep the others. */
    @Override
    public Integer call() {
        int exitCode = 0;
        for (String name : names) {
            try {
                luma.client().remove(name);
                console.say(name);
            } catch (ApiException refused) {
                exitCode = Math.max(exitCode, console.failed(refused));
            }
        }
        return exitCode;
    }
}
