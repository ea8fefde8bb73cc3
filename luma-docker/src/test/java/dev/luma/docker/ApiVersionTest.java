package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiVersionTest {

    @ParameterizedTest(name = "an engine of {0} to {1} is spoken to in {2}")
    @CsvSource({
        "1.12, 1.41, 1.41", // Docker 20.10
        "1.12, 1.43, 1.43",
        "1.24, 1.44, 1.44",
        "1.24, 1.50, 1.44",
        "1.44, 1.52, 1.44", // Docker 29
        "'', 1.41, 1.41",
        "nonsense, 1.45, 1.44",
    })
    void takesTheNewestThatBothSpeak(String oldest, String newest, String chosen) throws Exception {
        assertEquals(chosen, ApiVersion.choose("x", newest, oldest).getVersion());
    }

    @ParameterizedTest
    @CsvSource({
        "1.12, 1.40, 'the Docker engine 19.03 is too old: it speaks API 1.40, Luma needs 1.41 or newer;"
                + " install Docker 20.10 or newer'",
        "1.45, 1.60, 'the Docker engine 19.03 is too new: it speaks no API below 1.45, Luma speaks up to 1.44;"
                + " install a newer Luma'",
    })
    void refusesWhatItCannotSpeakTo(String oldest, String newest, String sentence) {
        UnsupportedEngineException refused =
                assertThrows(UnsupportedEngineException.class, () -> ApiVersion.choose("19.03", newest, oldest));
        assertEquals(sentence, refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"''", "banana"})
    void refusesWhatIsNoEngine(String newest) {
        UnsupportedEngineException refused =
                assertThrows(UnsupportedEngineException.class, () -> ApiVersion.choose("", newest, ""));
        assertTrue(refused.getMessage().contains("correct docker_host"), refused.getMessage());
    }
}
