package dev.luma.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** One message as the strict reader of the tests saw it. */
final class Message {

    private final String startLine;
    private final List<String> lines;
    private final byte[] body;
    private final List<String> trailers;

    Message(String startLine, List<String> lines, byte[] body, List<String> trailers) {
        this.startLine = startLine;
        this.lines = lines;
        this.body = body;
        this.trailers = trailers;
    }

    String startLine() {
        return startLine;
    }

    /** The field lines, without their line ends. */
    List<String> lines() {
        return lines;
    }

    byte[] body() {
        return body;
    }

    List<String> trailers() {
        return trailers;
    }

    int status() {
        return Integer.parseInt(startLine.substring(9, 12));
    }

    String method() {
        return startLine.substring(0, startLine.indexOf(' '));
    }

    String target() {
        return startLine.substring(startLine.indexOf(' ') + 1, startLine.lastIndexOf(' '));
    }

    String text() {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    /** The values of the field, in order. */
    List<String> all(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .toList();
    }

    boolean has(String name) {
        return !all(name).isEmpty();
    }

    /** The value of a field that is there exactly once. */
    String field(String name) {
        List<String> values = all(name);
        if (values.size() != 1) {
            throw new AssertionError(name + " is there " + values.size() + " times in " + startLine + " " + lines);
        }
        return values.get(0);
    }
}
