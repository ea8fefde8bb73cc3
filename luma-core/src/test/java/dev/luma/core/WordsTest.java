package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.luma.core.Waking.ColdStart;
import dev.luma.core.Waking.Sleep;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void theyAreInLowerCase() {
        assertEquals("stop", Sleep.STOP.word());
        assertEquals("unpause", Way.UNPAUSE.word());
    }

    @Test
    void eachIsReadBack() {
        for (Sleep sleep : Sleep.values()) {
            assertEquals(Optional.of(sleep), Sleep.parse(sleep.word()));
        }
        for (ColdStart coldStart : ColdStart.values()) {
            assertEquals(Optional.of(coldStart), ColdStart.parse(coldStart.word()));
        }
    }

    @Test
    void nothingElseIsOne() {
        for (String text : List.of("", "STOP", " stop", "stops")) {
            assertEquals(Optional.empty(), Sleep.parse(text), text);
        }
    }
}
