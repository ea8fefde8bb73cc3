package dev.luma.config;

import java.util.List;

/** The settings are not usable: one sentence for each thing that is wrong. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> complaints;

    SettingsException(List<String> complaints) {
        super(String.join("\n", complaints));
        this.complaints = List.copyOf(complaints);
    }

    public List<String> complaints() {
        return complaints;
    }
}
