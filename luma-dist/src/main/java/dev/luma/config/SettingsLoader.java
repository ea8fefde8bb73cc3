package dev.luma.config;

import dev.luma.config.SettingsFile.Given;
import dev.luma.proxy.ProxySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lays the sources of settings over each other: defaults, then {@code luma.yaml}, then the environment, then flags. Each
 * text is checked, also one that another source overrides, and everything that is wrong is reported at once.
 */
public final class SettingsLoader {

    /** Variables that begin like settings and are read by the launch script or the client. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("LUMA_CONFIG", "LUMA_API", "LUMA_JAVA", "LUMA_JAVA_OPTS", "LUMA_CACHE_DIR");

    private static final Path SYSTEM_FILE = Path.of("/etc/luma/luma.yaml");

    private final Surroundings surroundings;
    private final Path systemFile;
    private final List<String> complaints = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    SettingsLoader(Surroundings surroundings, Path systemFile) {
        this.surroundings = surroundings;
        this.systemFile = systemFile;
    }

    /**
     * Reads everything once.
     *
     * @param file what {@code --config} names
     * @param flags the texts of the flags that were given, by the key of the setting
     */
    public static Settings load(Surroundings surroundings, Optional<Path> file, Map<String, String> flags)
            throws SettingsException {
        return new SettingsLoader(surroundings, SYSTEM_FILE).load(file, flags);
    }

    Settings load(Optional<Path> file, Map<String, String> flags) throws SettingsException {
        SettingsFile fromFile = file(file).map(SettingsFile::read).orElse(SettingsFile.NONE);
        complaints.addAll(fromFile.complaints());
        reportUnknownKeys(fromFile);
        reportUnknownVariables();
        for (Setting<?> setting : SettingTable.all()) {
            settle(setting, fromFile, flags);
        }
        reportProxyProtocolFromNobody();
        if (!complaints.isEmpty()) {
            throw new SettingsException(complaints);
        }
        return new Settings(
                proxy(),
                get(SettingTable.API_HOST),
                get(SettingTable.API_PORT),
                get(SettingTable.DOCKER_HOST),
                get(SettingTable.SANDBOXES),
                get(SettingTable.KEPT_CONTAINERS),
                get(SettingTable.KEPT_TIMEOUT),
                get(SettingTable.STATE_DIR),
                get(SettingTable.INACTIVITY_TIMEOUT),
                get(SettingTable.PAUSE_TIMEOUT),
                get(SettingTable.MEMORY_RESERVE),
                get(SettingTable.WAIT_TIMEOUT),
                get(SettingTable.LINE_CAPACITY),
                get(SettingTable.MAX_WAITING),
                get(SettingTable.STARTS_AT_ONCE),
                get(SettingTable.PREWARM_MEMORY),
                get(SettingTable.START_TIMEOUT),
                get(SettingTable.STOP_GRACE),
                get(SettingTable.DRAIN_TIMEOUT),
                get(SettingTable.SHUTDOWN_TIMEOUT),
                get(SettingTable.EVENT_LOOP),
                get(SettingTable.LOG_LEVEL),
                get(SettingTable.ACCESS_LOG),
                get(SettingTable.ACCESS_LOG_PATH),
                get(SettingTable.ALLOWED_UPSTREAMS));
    }

    private ProxySettings proxy() {
        return new ProxySettings(
                get(SettingTable.PROXY_HOST),
                get(SettingTable.PROXY_PORT),
                new ProxySettings.Timeouts(
                        get(SettingTable.REQUEST_HEAD_TIMEOUT),
                        get(SettingTable.REQUEST_BODY_TIMEOUT),
                        get(SettingTable.CONNECT_TIMEOUT),
                        get(SettingTable.FIRST_BYTE_TIMEOUT),
                        get(SettingTable.RESPONSE_TIMEOUT),
                        get(SettingTable.REQUEST_TIMEOUT),
                        get(SettingTable.TUNNEL_TIMEOUT),
                        get(SettingTable.KEEP_ALIVE_TIMEOUT),
                        get(SettingTable.UPSTREAM_KEEP_ALIVE_TIMEOUT),
                        get(SettingTable.LINGER_TIMEOUT)),
                bounds(),
                new ProxySettings.Connections(
                        get(SettingTable.MAX_CONNECTIONS), get(SettingTable.MAX_CONNECTIONS_PER_ADDRESS), 0),
                new ProxySettings.Front(get(SettingTable.TRUSTED_PROXIES), get(SettingTable.PROXY_PROTOCOL)));
    }

    /** What must fit together: a line is part of a head, and a request that waits keeps at least its head. */
    private ProxySettings.Bounds bounds() {
        int head = get(SettingTable.MAX_HEAD);
        return new ProxySettings.Bounds(
                head,
                Math.min(get(SettingTable.MAX_REQUEST_LINE), head),
                Math.max(ProxySettings.Bounds.DEFAULTS.parked(), head),
                get(SettingTable.MAX_REQUEST_BODY),
                get(SettingTable.MAX_REQUESTS_PER_CONNECTION));
    }

    private Optional<Path> file(Optional<Path> named) {
        if (named.isPresent()) {
            return named;
        }
        Optional<Path> fromVariable = surroundings.variable("LUMA_CONFIG").map(Path::of);
        if (fromVariable.isPresent()) {
            return fromVariable;
        }
        if (Files.exists(systemFile)) {
            return Optional.of(systemFile);
        }
        return surroundings
                .install()
                .map(install -> install.resolve("conf/luma.yaml"))
                .filter(Files::exists);
    }

    private void reportUnknownKeys(SettingsFile file) {
        List<String> keys = SettingTable.all().stream().map(Setting::key).toList();
        file.values().forEach((key, given) -> {
            if (!keys.contains(key)) {
                complaints.add(key + " (" + given.origin() + "): there is no such setting; "
                        + Nearest.hint(key, keys, "luma serve --help lists them"));
            }
        });
    }

    private void reportUnknownVariables() {
        List<String> known = new ArrayList<>(
                SettingTable.all().stream().map(Setting::variable).toList());
        known.addAll(OTHER_VARIABLES);
        new TreeMap<>(surroundings.environment())
                .keySet().stream()
                        .filter(name -> name.startsWith("LUMA_") && !known.contains(name))
                        .forEach(name -> complaints.add(name + " (from the environment): there is no such setting; "
                                + Nearest.hint(name, known, "luma serve --help lists them")));
    }

    private void reportProxyProtocolFromNobody() {
        if (Boolean.TRUE.equals(values.get(SettingTable.PROXY_PROTOCOL.key()))
                && List.of().equals(values.get(SettingTable.TRUSTED_PROXIES.key()))) {
            complaints.add("proxy_protocol is on and trusted_proxies is none: the header would be taken from nobody;"
                    + " list in trusted_proxies where your proxies are, or turn proxy_protocol off");
        }
    }

    private void settle(Setting<?> setting, SettingsFile file, Map<String, String> flags) {
        List<Given> texts = new ArrayList<>();
        Optional.ofNullable(file.values().get(setting.key())).ifPresent(texts::add);
        surroundings
                .variable(setting.variable())
                .ifPresent(text -> texts.add(new Given(text.strip(), "from " + setting.variable())));
        Optional.ofNullable(flags.get(setting.key()))
                .ifPresent(text -> texts.add(new Given(text.strip(), "from " + setting.flag())));
        if (texts.isEmpty()) {
            texts.add(new Given(setting.standard().text().apply(surroundings), "by default"));
        }
        texts.forEach(given -> take(setting, given));
    }

    private void take(Setting<?> setting, Given given) {
        if (given.list() && !setting.kind().list()) {
            complaints.add(setting.key() + " (" + given.origin()
                    + "): is one value and not a list; write it as \"key: value\"");
            return;
        }
        Optional<?> value = setting.kind().reader().apply(given.text());
        if (value.isPresent()) {
            values.put(setting.key(), value.get());
        } else {
            complaints.add(setting.key() + " (" + given.origin() + "): \"" + given.text() + "\" "
                    + setting.kind().complaint());
        }
    }

    @SuppressWarnings("unchecked") // take() read the value with the reader of the same setting.
    private <T> T get(Setting<T> setting) {
        Object value = values.get(setting.key());
        if (value == null) {
            throw new IllegalStateException(setting.key() + " has no value");
        }
        return (T) value;
    }
}
