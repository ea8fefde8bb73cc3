package dev.luma.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns that are as wide as they must be. */
final class Table {

    private static final String GAP = "   ";

    private final List<String[]> rows = new ArrayList<>();

    Table(String... heading) {
        rows.add(heading);
    }

    void add(String... cells) {
        rows.add(cells);
    }

    List<String> lines() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.length; column++) {
            line.append(row[column]);
            if (column < row.length - 1) {
                line.append(" ".repeat(widths[column] - row[column].length())).append(GAP);
            }
        }
        return line.toString();
    }
}
