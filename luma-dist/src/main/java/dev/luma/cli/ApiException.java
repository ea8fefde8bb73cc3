package dev.luma.cli;

import java.util.List;

/** The API did not do what it was asked, or could not be asked; each sentence is for the user. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final transient List<String> sentences;

    ApiException(int exitCode, List<String> sentences) {
        super(String.join("\n", sentences));
        this.exitCode = exitCode;
        this.sentences = List.copyOf(sentences);
    }

    static ApiException failed(String sentence) {
        return new ApiException(Console.FAILED, List.of(sentence));
    }

    int exitCode() {
        return exitCode;
    }

    List<String> sentences() {
        return sentences;
    }
}
