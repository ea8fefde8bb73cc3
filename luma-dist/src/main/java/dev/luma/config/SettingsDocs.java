package dev.luma.config;

import dev.luma.config.Setting.Standard;

/** What documentation says about the settings, written from the table of them. */
public final class SettingsDocs {

    private static final int WIDTH = 100;

    private SettingsDocs() {}

    /** The file {@code conf/luma.yaml}: every setting with its default, commented out. */
    public static String yaml() {
        StringBuilder text = new StringBuilder();
        text.append("# The settings of Luma. Take the # in front of a key away to change it from its default.\n");
        text.append("# The environment overrides this file (proxy_port is LUMA_PROXY_PORT), and flags override both\n");
        text.append("# (--proxy-port). Durations are written 500ms, 20s, 5m, 2h or 1d; a bare number is seconds.\n");
        for (Setting<?> setting : SettingTable.all()) {
            text.append("\n");
            Standard standard = setting.standard();
            wrap(text, setting.description() + (standard.isFixed() ? "." : " (default: " + standard.shown() + ")."));
            text.append("#")
                    .append(setting.key())
                    .append(": ")
                    .append(quoted(standard.example()))
                    .append("\n");
        }
        return text.toString();
    }

    /** The table of the README. */
    public static String markdown() {
        StringBuilder text = new StringBuilder("| setting | default | meaning |\n|---|---|---|\n");
        for (Setting<?> setting : SettingTable.all()) {
            text.append("| `")
                    .append(setting.key())
                    .append("` | `")
                    .append(setting.shownDefault())
                    .append("` | ")
                    .append(setting.description())
                    .append(" |\n");
        }
        return text.toString();
    }

    private static void wrap(StringBuilder text, String sentence) {
        int column = 0;
        for (String word : sentence.split(" ", -1)) {
            if (column == 0 || column + word.length() + 1 > WIDTH) {
                text.append(column == 0 ? "# " : "\n# ");
                column = 2;
            } else {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        text.append('\n');
    }

    /** A lone dash would begin a list. */
    private static String quoted(String text) {
        return text.equals("-") ? "\"-\"" : text;
    }
}
