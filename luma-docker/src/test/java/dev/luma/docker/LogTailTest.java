package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogTailTest {

    @Test
    void splitsLines() {
        assertEquals(List.of("a", "", "b"), LogTail.lines("a\n\nb\n"));
        assertEquals(List.of(), LogTail.lines(""));
    }

    @Test
    void keepsTheLastOnes() {
        String text = IntStream.rangeClosed(1, 45).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
        List<String> lines = LogTail.lines(text);
        assertEquals(20, lines.size());
        assertEquals("26", lines.get(0));
        assertEquals("45", lines.get(19));
    }

    @Test
    void cutsWhatNobodyReads() {
        assertEquals(List.of("x".repeat(1_000) + "..."), LogTail.lines("x".repeat(5_000)));
    }
}
