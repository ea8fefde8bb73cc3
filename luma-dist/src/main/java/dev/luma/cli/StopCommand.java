package dev.luma.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code luma stop}: puts a project to sleep. */
@Command(
        name = "stop",
        description = "Put a project to sleep, and wait until it does; the next request wakes it again.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = "  luma stop hello")
final class StopCommand implements Callable<Integer> {

    private final LumaCommand luma;
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "Name of the project")
    private String name = "";

    StopCommand(LumaCommand luma, Console console) {
        this.luma = luma;
        this.console = console;
    }

    @Override
    public Integer call() throws ApiException {
        console.say(name + " is " + Json.text(luma.client().stop(name), "state"));
        return 0;
    }
}
