import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes relay.tsv, relay.md and relay.svg of relay.raw.tsv, in the directory that is given. */
public final class Report {

    private record Key(String load, String contestant, String metric) {}

    private record Spread(double median, double least, double most, int count) {}

    private final Map<Key, List<Double>> figures = new LinkedHashMap<>();
    private final Set<String> contestants = new LinkedHashSet<>();
    private final StringBuilder text = new StringBuilder();

    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ROOT);
        Path directory = Path.of(arguments[0]);
        var report = new Report();
        for (String line : Files.readAllLines(directory.resolve("relay.raw.tsv"))) {
            report.add(line.split("\t"));
        }
        Files.writeString(directory.resolve("relay.tsv"), report.table());
        List<String> about = Files.readAllLines(directory.resolve("relay.about"));
        Files.writeString(directory.resolve("relay.md"), report.markdown(about));
        Files.writeString(directory.resolve("relay.svg"), report.drawing(about));
        System.out.print(report.text);
    }

    private void add(String[] fields) {
        contestants.add(fields[2]);
        figures.computeIfAbsent(new Key(fields[1], fields[2], fields[3]), key -> new ArrayList<>())
                .add(Double.parseDouble(fields[4]));
    }

    private Spread spread(Key key) {
        List<Double> sorted = new ArrayList<>(figures.getOrDefault(key, List.of()));
        if (sorted.isEmpty()) {
            return null;
        }
        Collections.sort(sorted);
        int size = sorted.size();
        double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(size - 1), size);
    }

    private String table() {
        var rows = new StringBuilder("case\tcontestant\tmetric\tmedian\tleast\tmost\tturns\n");
        for (Key key : figures.keySet()) {
            Spread s = spread(key);
            rows.append("%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t%d%n"
                    .formatted(key.load, key.contestant, key.metric, s.median, s.least, s.most, s.count));
        }
        return rows.toString();
    }

    private String markdown(List<String> about) {
        text.append(String.join("; ", about)).append("\n\n");
        section("CPU time per request, us (median, least to most)", "cpu", true);
        section("Requests per second, as fast as answered", "rps", false);
        section("Requests per second, fixed rate", "rate", false);
        section("Latency at a fixed rate, p50, us", "p50", true);
        section("Latency at a fixed rate, p99, us", "p99", true);
        section("Latency at a fixed rate, p99.9, us", "p999", true);
        section("System calls per warm request at 8 connections", "calls", true);
        section("Garbage per request, octets", "garbage", true);
        section("Memory (PSS of all processes), MiB", "pss", true);
        if (about.contains("quick")) {
            text.append("Quick: nothing was warm, the figures say nothing.\n");
        } else {
            verdict();
        }
        return text.toString();
    }

    private void verdict() {
        text.append("| goal | is | should be | |\n|---|---|---|---|\n");
        goal("CPU at 100 B, share of the better peer", ratio("100", "cpu", true), 0.8, true);
        goal("CPU at 16 KiB, share of the better peer", ratio("16k", "cpu", true), 0.6, true);
        goal("CPU at 1 MiB, share of the better peer", ratio("1m", "cpu", true), 0.5, true);
        for (String load : List.of("100", "16k", "1m")) {
            goal("requests per second, " + load, ratio(load, "rps", false), 1, false);
            goal("p99, " + load, ratio(load, "p99", true), 1, true);
        }
        goal("system calls per warm request", median("100-8", "calls"), 4.5, true);
        goal("garbage per request, octets", median("100", "garbage"), 200, true);
    }

    private Double median(String load, String metric) {
        Spread s = spread(new Key(load, "luma", metric));
        return s == null ? null : s.median;
    }

    private void goal(String what, Double is, double goal, boolean atMost) {
        if (is != null) {
            boolean met = atMost ? is <= goal : is >= goal;
            text.append("| %s | %.2f | %s %s | %s |%n"
                    .formatted(what, is, atMost ? "<=" : ">=", goal, met ? "met" : "MISSED"));
        }
    }

    private String drawing(List<String> about) {
        var plot = new Plot(List.copyOf(contestants));
        draw(plot, "CPU time per request, us", "cpu");
        draw(plot, "99 of 100 requests at a fixed rate took at most, us", "p99");
        draw(plot, "Requests per second, as fast as answered", "rps");
        int half = about.size() / 2;
        return plot.file(List.of(
                String.join("; ", about.subList(0, half)), String.join("; ", about.subList(half, about.size()))));
    }

    private void draw(Plot plot, String title, String metric) {
        plot.add(title, List.copyOf(loads(metric)), Report::named, (load, name) -> {
            Spread s = spread(new Key(load, name, metric));
            return s == null ? null : new Plot.Bar(s.median, s.least, s.most);
        });
    }

    private Set<String> loads(String metric) {
        Set<String> loads = new LinkedHashSet<>();
        figures.keySet().stream().filter(key -> key.metric.equals(metric)).forEach(key -> loads.add(key.load));
        return loads;
    }

    private void section(String title, String metric, boolean lessIsBetter) {
        Set<String> loads = loads(metric);
        if (loads.isEmpty()) {
            return;
        }
        text.append("| ").append(title).append(" |");
        contestants.forEach(name -> text.append(' ').append(name).append(" |"));
        text.append(" ratio |\n|---|").append("---|".repeat(contestants.size() + 1)).append('\n');
        for (String load : loads) {
            text.append("| ").append(named(load)).append(" |");
            for (String name : contestants) {
                Spread s = spread(new Key(load, name, metric));
                text.append(s == null ? " - |" : " " + shown(s) + " |");
            }
            Double ratio = ratio(load, metric, lessIsBetter);
            text.append(ratio == null ? " - |\n" : " %.2f |%n".formatted(ratio));
        }
        text.append('\n');
    }

    /** A case as people say it. */
    private static String named(String load) {
        return load.replaceFirst("^100", "100 B")
                .replaceFirst("^(up-)?(\\d+)k", "$1$2 KiB")
                .replaceFirst("^(up-)?1m", "$11 MiB")
                .replaceFirst("^up-(.*)", "upload of $1")
                .replaceFirst("^ws$", "WebSocket message of 100 B")
                .replaceFirst("-(\\d+)$", ", $1 connections")
                .replaceFirst("-close$", ", close");
    }

    private static String shown(Spread s) {
        return s.count == 1 ? number(s.median) : number(s.median) + " (" + number(s.least) + "-" + number(s.most) + ")";
    }

    static String number(double value) {
        return value >= 100 ? "%.0f".formatted(value) : value >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
    }

    /** Luma's figure as a share of the better one of nginx and HAProxy. */
    private Double ratio(String load, String metric, boolean lessIsBetter) {
        Spread luma = spread(new Key(load, "luma", metric));
        Double best = null;
        for (String name : List.of("nginx", "haproxy")) {
            Spread peer = spread(new Key(load, name, metric));
            if (peer != null && (best == null || (lessIsBetter ? peer.median < best : peer.median > best))) {
                best = peer.median;
            }
        }
        return luma == null || best == null ? null : luma.median / best;
    }
}
