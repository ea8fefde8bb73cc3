import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** A drawing with a panel for each case: a bar for each contestant's median, and a line from its least to its most. */
final class Plot {

    /** What a bar shows. */
    record Bar(double median, double least, double most) {}

    private static final int COLUMNS = 3;
    private static final int WIDTH = 320;
    private static final int BAR = 16;
    private static final int NAMES = 92;
    private static final int FIGURES = 62;
    private static final Map<String, String> COLOURS =
            Map.of(
                    "luma", "#c2410c", "base", "#fdba74", "nginx", "#0f766e", "haproxy", "#1d4ed8", "caddy", "#7c3aed",
                    "vertx", "#be185d", "undertow", "#4d7c0f", "jetty", "#0e7490");

    private final StringBuilder svg = new StringBuilder();
    private final List<String> contestants;
    private int bottom = 48;

    Plot(List<String> contestants) {
        this.contestants = contestants;
    }

    /** Adds a group of panels. */
    void add(String title, List<String> loads, UnaryOperator<String> named, BiFunction<String, String, Bar> bars) {
        if (loads.isEmpty()) {
            return;
        }
        text(10, bottom + 14, "h", title);
        int height = 30 + contestants.size() * (BAR + 4);
        for (int i = 0; i < loads.size(); i++) {
            panel(10 + i % COLUMNS * (WIDTH + 16), bottom + 24 + i / COLUMNS * height, loads.get(i), named, bars);
        }
        bottom += 24 + (loads.size() + COLUMNS - 1) / COLUMNS * height + 14;
    }

    private void panel(int x, int y, String load, UnaryOperator<String> named, BiFunction<String, String, Bar> bars) {
        text(x, y + 14, "c", named.apply(load));
        double most = 0;
        for (String name : contestants) {
            Bar bar = bars.apply(load, name);
            most = bar == null ? most : Math.max(most, bar.most);
        }
        double scale = (WIDTH - NAMES - FIGURES) / most;
        for (int i = 0; i < contestants.size(); i++) {
            Bar bar = bars.apply(load, contestants.get(i));
            int top = y + 20 + i * (BAR + 4);
            text(x, top + 12, "n", contestants.get(i));
            if (bar == null) {
                continue;
            }
            double from = x + NAMES;
            svg.append("<rect x='%.0f' y='%d' width='%.1f' height='%d' fill='%s'/>%n"
                    .formatted(from, top, bar.median * scale, BAR, COLOURS.getOrDefault(contestants.get(i), "#94a3b8")));
            if (bar.least < bar.most) {
                svg.append("<path d='M%.1f %dH%.1f' stroke='#000' stroke-opacity='.55'/>%n"
                        .formatted(from + bar.least * scale, top + BAR / 2, from + bar.most * scale));
            }
            text((int) (from + bar.most * scale) + 5, top + 12, "n", Report.number(bar.median));
        }
    }

    private void text(int x, int y, String kind, String text) {
        svg.append("<text x='%d' y='%d' class='%s'>%s</text>%n"
                .formatted(x, y, kind, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    /** The whole file. */
    String file(List<String> about) {
        for (int i = 0; i < about.size(); i++) {
            text(10, 18 + i * 15, "a", about.get(i));
        }
        int width = 20 + COLUMNS * WIDTH + (COLUMNS - 1) * 16;
        return """
                <svg xmlns='http://www.w3.org/2000/svg' width='%1$d' height='%2$d' viewBox='0 0 %1$d %2$d'>
                <style>text { font: 12px system-ui, sans-serif; fill: #1e293b } .h { font-size: 15px; font-weight: 600 }
                .c { font-weight: 600 } .a { font-size: 11px; fill: #64748b }</style>
                <rect width='100%%' height='100%%' fill='#fff'/>
                %3$s</svg>
                """
                .formatted(width, bottom, svg);
    }
}
