package dev.luma.cli;

import dev.luma.config.Setting;
import dev.luma.config.SettingTable;
import dev.luma.config.Settings;
import dev.luma.config.SettingsException;
import dev.luma.config.SettingsLoader;
import dev.luma.config.Surroundings;
import dev.luma.server.LumaProcess;
import dev.luma.server.StartException;
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
                    .description(setting.description() + " (default: "
                            + setting.shownDefault().replace("$", "$$") + ")")
                    .build());
        }
        return serve;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings;
        try {
            settings = SettingsLoader.load(Surroundings.ofProcess(), Optional.ofNullable(file), flags());
        } catch (SettingsException wrong) {
            wrong.complaints().forEach(console::complain);
            return LumaCommand.NOT_UNDERSTOOD;
        }
        try {
            LumaProcess.run(settings, VersionCommand.version());
            return 0;
        } catch (StartException refused) {
            return console.failed(refused);
        }
    }

    private Map<String, String> flags() {
        Map<String, String> given = new HashMap<>();
        for (Setting<?> setting : SettingTable.all()) {
            Optional.ofNullable(spec.findOption(setting.flag()))
                    .map(option -> option.<String>getValue())
                    .ifPresent(text -> given.put(setting.key(), text));
        }
        return given;
    }
}
