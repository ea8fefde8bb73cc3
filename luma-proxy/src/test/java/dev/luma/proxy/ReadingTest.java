package dev.luma.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The hostile requests once more, for scanner and framing alone, which are quick enough for every way to cut them. */
class ReadingTest {

    static List<Hostile> inputs() {
        return Hostile.all("requests");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void isTheSameHoweverItIsCut(Hostile input) {
        Reading whole = Reading.of(input.octets());
        for (List<byte[]> pieces : Splits.cuts(input.octets())) {
            assertEquals(whole, Reading.of(pieces), () -> "cut after " + pieces.get(0).length);
        }
    }
}
