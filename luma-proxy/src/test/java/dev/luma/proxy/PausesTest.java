package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final int SECOND = 1_000_000;

    private final Pauses pauses = new Pauses();

    @Test
    void theFirstIsAMillisecond() {
        assertEquals(1_000, pauses.afterNoConnection());
    }

    @Test
    void anAppIsFoundAFiftiethOfItsBootLateAndAMillisecond() {
        int elapsed = 0;
        while (elapsed < 60 * SECOND) {
            int pause = pauses.afterNoConnection();
            assertTrue(pause <= elapsed / 50 + 1_001, "at " + elapsed + ": " + pause);
            elapsed += pause;
        }
    }

    @Test
    void halfAMinuteTakesFewTries() {
        int tries = triesWithin(30 * SECOND, Pauses::afterNoConnection);
        assertTrue(tries < 550, "tries: " + tries);
    }

    @Test
    void whoAnswersIsAskedLessOften() {
        int questions = triesWithin(SECOND, Pauses::afterNotYet);
        assertTrue(questions > 10 && questions < 60, "questions: " + questions);
        assertEquals(10, triesWithin(SECOND, Pauses::afterNotYet));
    }

    private int triesWithin(int micros, ToIntFunction<Pauses> pause) {
        int tries = 0;
        for (int elapsed = 0; elapsed < micros; elapsed += pause.applyAsInt(pauses)) {
            tries++;
        }
        return tries;
    }
}
