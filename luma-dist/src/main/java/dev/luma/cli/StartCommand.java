package dev.luma.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code luma start}: wakes a project without a request. */
@Command(
        name = "start",
        description = "Wake a project, and wait until it answers.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = "  luma start hello")
final class StartCommand implements Callable<Integer> {

    private final LumaCommand luma;
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "Name of the project")
    private String name = "";

    StartCommand(LumaCommand luma, Console console) {
        this.luma = luma;
        this.console = console;
    }

    @Override
    public Integer call() throws ApiException {
        console.say(name + " is " + Json.text(luma.client().start(name), "state"));
        return 0;
    }
}
