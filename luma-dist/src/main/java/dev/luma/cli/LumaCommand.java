package dev.luma.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command with its verbs. Exit codes: 0 done, 1 failed, 2 not understood. */
@Command(
        name = "luma",
        description = "Containers that sleep until a request wakes them.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = {
            "  luma serve",
            "  luma deploy hello --image nginxdemos/hello --port 80",
            "  curl http://hello.localhost:8080",
            "",
            "luma VERB --help tells about one of them."
        })
final class LumaCommand implements Runnable {

    static final int FAILED = 1;
    static final int NOT_UNDERSTOOD = 2;
    private static final int WIDTH = 100;

    @Option(
            names = "--api",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:LUMA_API:-http://127.0.0.1:8081}",
            description = "Where Luma's API answers; also as LUMA_API (default: http://127.0.0.1:8081)")
    private String api = "";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private LumaCommand() {}

    /** Runs one command line and returns its exit code. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        LumaCommand luma = new LumaCommand();
        Console console = new Console(out, err);
        CommandLine line = new CommandLine(luma)
                .addSubcommand(ServeCommand.specification(console))
                .addSubcommand(new DeployCommand(luma, console))
                .addSubcommand(new PsCommand(luma, console))
                .addSubcommand(new StartCommand(luma, console))
                .addSubcommand(new StopCommand(luma, console))
                .addSubcommand(new RmCommand(luma, console))
                .addSubcommand(new VersionCommand(console));
        line.setOut(writer(out));
        line.setErr(writer(err));
        line.setUsageHelpWidth(WIDTH);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
        line.setParameterExceptionHandler(LumaCommand::notUnderstood);
        line.setExecutionExceptionHandler((failed, command, parsed) -> console.failed(failed));
        return line.execute(arguments);
    }

    /** The API that the user means. */
    ApiClient client() {
        return ApiClient.at(api);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a verb: luma --help lists them");
    }

    private static int notUnderstood(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("luma: " + wrong.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return NOT_UNDERSTOOD;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
