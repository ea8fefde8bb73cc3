package dev.luma.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Counts the tests that were run by the RFC section that they name, in their display names or by {@link Rfc}, and writes
 * the table to target/rfc-sections.md. Found by JUnit by itself.
 */
public final class RfcSections implements BeforeTestExecutionCallback {

    private static final Pattern NAMED = Pattern.compile("RFC ([0-9]{4} [0-9]+(?:\\.[0-9]+)*)");

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        String test = context.getRequiredTestClass().getSimpleName();
        Table table = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(RfcSections.class))
                .computeIfAbsent(Table.class);
        sections(context).forEach(section -> table.count(section, test));
    }

    private static Set<String> sections(ExtensionContext context) {
        Set<String> sections = new TreeSet<>(NAMED.matcher(context.getDisplayName())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList());
        add(sections, context.getRequiredTestMethod().getAnnotation(Rfc.class));
        if (sections.isEmpty()) {
            add(sections, context.getRequiredTestClass().getAnnotation(Rfc.class));
        }
        return sections;
    }

    private static void add(Set<String> to, Rfc rfc) {
        if (rfc != null) {
            to.addAll(List.of(rfc.value()));
        }
    }

    /** How many tests there were, by section and class. */
    public static final class Table implements AutoCloseable {

        private final Map<String, Map<String, Integer>> counts =
                new ConcurrentSkipListMap<>(Comparator.comparing(Table::sortable));

        /** Each number in five digits, so that 6.10 comes behind 6.9. */
        private static String sortable(String section) {
            return Pattern.compile("[0-9]+")
                    .matcher(section)
                    .replaceAll(number -> String.format("%05d", Integer.parseInt(number.group())));
        }

        void count(String section, String test) {
            counts.computeIfAbsent(section, first -> new TreeMap<>()).merge(test, 1, Integer::sum);
        }

        @Override
        public void close() throws IOException {
            StringBuilder lines = new StringBuilder("| RFC, section | tests | where |\n|---|---|---|\n");
            counts.forEach((section, tests) -> lines.append("| ")
                    .append(section)
                    .append(" | ")
                    .append(tests.values().stream().mapToInt(Integer::intValue).sum())
                    .append(" | ")
                    .append(String.join(", ", tests.keySet()))
                    .append(" |\n"));
            Path target = Path.of("target");
            if (Files.isDirectory(target)) {
                Files.writeString(target.resolve("rfc-sections.md"), lines);
            }
        }
    }
}
