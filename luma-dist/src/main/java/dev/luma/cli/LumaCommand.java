package dev.luma.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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

    private static final int WIDTH = 100;

    @Option(
            names = "--api",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Where Luma's API answers; also as LUMA_API (default: http://127.0.0.1:8081)")
    private @Nullable String api;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private LumaCommand() {}

    /** Runs one command line and returns its exit code. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        LumaCommand luma = new LumaCommand();
        Console console = new Console(out, err);
        CommandSpec root = CommandSpec.forAnnotatedObject(luma)
                .versionProvider(new VersionCommand(console))
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .scopeType(ScopeType.INHERIT)
                        .description("Show this help")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Print the version")
                        .build());
        CommandLine line = new CommandLine(root)
                .addSubcommand(ServeCommand.specification(console))
                .addSubcommand(new DeployCommand(luma, console))
                .addSubcommand(new PsCommand(luma, console))
                .addSubcommand(new StartCommand(luma, console))
                .addSubcommand(new StopCommand(luma, console))
                .addSubcommand(new RmCommand(luma, console))
                .addSubcommand(new DoctorCommand(luma, console))
                .addSubcommand(new PrepareCommand(console))
                .addSubcommand(new VersionCommand(console));
        line.setOut(writer(out));
        line.setErr(writer(err));
        line.setUsageHelpWidth(WIDTH);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
        line.setParameterExceptionHandler(LumaCommand::notUnderstood);
        line.setExecutionExceptionHandler((failed, command, parsed) -> console.failed(failed));
        return line.execute(arguments);
    }

    /** The API that the user means; a Luma that was told its address by the environment is found there. */
    ApiClient client() {
        if (api != null) {
            return ApiClient.at(api);
        }
        Map<String, String> environment = System.getenv();
        return ApiClient.at(environment.getOrDefault(
                "LUMA_API",
                "http://" + environment.getOrDefault("LUMA_API_HOST", "127.0.0.1") + ":"
                        + environment.getOrDefault("LUMA_API_PORT", "8081")));
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
        return Console.NOT_UNDERSTOOD;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
