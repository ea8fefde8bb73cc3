package dev.luma.cli;

import dev.luma.config.Setting;
import dev.luma.config.SettingTable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code luma serve}: Luma itself. Its flags are the settings. */
@Command(
        name = "serve",
        description = "Run Luma: take requests, wake containers, put them to sleep again.",
        sortOptions = false,
        synopsisHeading = "",
        customSynopsis = "Usage: luma serve [SETTINGS]",
        optionListHeading =
                "%nSettings (each also in luma.yaml as some_key and in the environment as LUMA_SOME_KEY):%n",
        footerHeading = "%nFor example:%n",
        footer = {
            "  luma serve",
            "  luma serve --proxy-port 80 --inactivity-timeout 5m",
            "  LUMA_LOG_LEVEL=debug luma serve --config /etc/luma/luma.yaml"
        })
final class ServeCommand implements Callable<Integer> {

    private final Console console;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "File with settings; also as LUMA_CONFIG (default: /etc/luma/luma.yaml, else conf/luma.yaml"
                    + " where Luma is installed)")
    private @Nullable Path file;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private ServeCommand(Console console) {
        this.console = console;
    }

    static CommandSpec specification(Console console) {
        CommandSpec serve = CommandSpec.forAnnotatedObject(new ServeCommand(console));
        for (Setting<?> setting : SettingTable.all()) {
            serve.addOption(OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .paramLabel(setting.valueWord())
                    .description(asItIs(setting.description() + " (default: " + setting.shownDefault() + ")"))
                    .build());
        }
        return serve;
    }

    /** In a help text, these two begin what is put in. */
    private static String asItIs(String text) {
        return text.replace("$", "$$").replace("%", "%%");
    }

    @Override
    public Integer call() throws InterruptedException {
        return new ServeFlags(Optional.ofNullable(file), texts()).serve(console);
    }

    private Map<String, String> texts() {
        Map<String, String> given = new HashMap<>();
        for (Setting<?> setting : SettingTable.all()) {
            Optional.ofNullable(spec.findOption(setting.flag()))
                    .map(option -> option.<String>getValue())
                    .ifPresent(text -> given.put(setting.key(), text));
        }
        return given;
    }
}
