package dev.luma.cli;

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

/**
 * What the command line of {@code luma serve} says.
 *
 * @param file the file with settings, if one is named
 * @param texts the texts of the flags, by the key of the setting
 */
record ServeFlags(Optional<Path> file, Map<String, String> texts) {

    private static final String CONFIG = "--config";

    /**
     * Reads a whole command line if it is a plain {@code serve} with flags and values. Everything else, such as a wrong
     * flag or a call for help, is for the full parser, whose loading would take a third of the time that Luma needs to
     * start.
     */
    static Optional<ServeFlags> read(String[] arguments) {
        if (arguments.length == 0 || !arguments[0].equals("serve")) {
            return Optional.empty();
        }
        Map<String, String> keys = new HashMap<>();
        SettingTable.all().forEach(setting -> keys.put(setting.flag(), setting.key()));
        Map<String, String> texts = new HashMap<>();
        String file = null;
        int next = 1;
        while (next < arguments.length) {
            String[] parts = arguments[next++].split("=", 2);
            if (parts.length == 1 && next == arguments.length) {
                return Optional.empty();
            }
            String text = parts.length == 2 ? parts[1] : arguments[next++];
            String key = keys.get(parts[0]);
            boolean again = key == null ? file != null : texts.put(key, text) != null;
            if (again || text.startsWith("-") || (key == null && !parts[0].equals(CONFIG))) {
                return Optional.empty();
            }
            if (key == null) {
                file = text;
            }
        }
        return Optional.of(new ServeFlags(Optional.ofNullable(file).map(Path::of), texts));
    }

    /** Runs Luma until it is asked to end. */
    int serve(Console console) throws InterruptedException {
        Settings settings;
        try {
            settings = SettingsLoader.load(Surroundings.ofProcess(), file, texts);
        } catch (SettingsException wrong) {
            wrong.complaints().forEach(console::complain);
            return Console.NOT_UNDERSTOOD;
        }
        try {
            LumaProcess.run(settings, Main.version());
            return 0;
        } catch (StartException refused) {
            return console.failed(refused);
        }
    }
}
