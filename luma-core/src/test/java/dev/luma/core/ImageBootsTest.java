package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A new image that boots clearly slower than the last one. */
class ImageBootsTest {

    private static final long MILLI = 1_000_000;

    /** It took five seconds to get the image, and seven in line, which nobody can hold against it. */
    private static Boot boot(Way way, long millis) {
        return Boot.asked(way, WakePhase.IMAGE, 0)
                .entered(WakePhase.LINE, 5_000 * MILLI)
                .entered(WakePhase.CREATE, 12_000 * MILLI)
                .ready((12_000 + millis) * MILLI);
    }

    private static ImageBoots boots(ImageBoots before, Way way, long... millis) {
        ImageBoots boots = before;
        for (long each : millis) {
            boots = boots.with(boot(way, each));
        }
        return boots;
    }

    private static long[] numbers(String text) {
        return Stream.of(text.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    @ParameterizedTest(name = "{0}: {1} after {2}")
    @CsvSource({
        "clearly slower,              900 2000 950,     400 420 5000,    true",
        "one that was slow once,      400 450 9000,     400 420 410,     false",
        "not known well enough yet,   2000 2000,        400 400 400,     false",
        "nothing to compare with,     2000 2000 2000,   400 400,         false",
        "half as long again,          1500 1500 1500,   1000 1000 1000,  true",
        "nearly half as long again,   1499 1499 1499,   1000 1000 1000,  false",
        "much slower but still fast,  349 349 349,      100 100 100,     false",
        "as soon as it can be felt,   350 350 350,      100 100 100,     true",
        "faster,                      400 400 400,      2000 2000 2000,  false",
        "slow at first only,          2000 2000 2000 400 400 400 400, 400 400 400, false",
        "slow of late,                400 400 400 2000 2000 2000 2000, 400 400 400, true",
    })
    void isSlowerByItsMedian(String what, String now, String before, boolean slower) {
        ImageBoots old = boots(ImageBoots.NONE.of("a", false), Way.SANDBOX, numbers(before));
        assertEquals(Optional.empty(), old.slower());
        assertEquals(
                slower,
                boots(old.of("b", false), Way.SANDBOX, numbers(now)).slower().isPresent(),
                "by its id");
        assertEquals(
                slower, boots(old.next(), Way.SANDBOX, numbers(now)).slower().isPresent(), "by its name");
    }

    @Test
    void saysWhatItCompared() {
        ImageBoots old = boots(ImageBoots.NONE, Way.SANDBOX, 400, 420, 5_000);
        SlowerBoot slower =
                boots(old.next(), Way.SANDBOX, 900, 2_000, 950).slower().orElseThrow();
        assertEquals(new SlowerBoot(Way.SANDBOX, Duration.ofMillis(950), Duration.ofMillis(420)), slower);
        assertEquals(
                "its image boots slower than the one before, in 950 ms rather than 420 ms (sandbox, medians)",
                slower.sentence());
    }

    @Test
    void onlyBootsOfTheSameWayAreCompared() {
        ImageBoots old = boots(boots(ImageBoots.NONE, Way.SANDBOX, 100, 100, 100), Way.PLAIN, 900, 900, 900);
        ImageBoots now = boots(old.next(), Way.PLAIN, 901, 901, 901);
        assertEquals(Optional.empty(), now.slower());
        assertEquals(
                Way.SANDBOX,
                boots(now, Way.SANDBOX, 901, 901, 901).slower().orElseThrow().way());
    }

    /** It depends on how much of it was swapped out, and on nothing in the image. */
    @Test
    void toGoOnIsNoBoot() {
        ImageBoots old = boots(ImageBoots.NONE, Way.UNPAUSE, 10, 10, 10);
        assertEquals(
                Optional.empty(), boots(old.next(), Way.UNPAUSE, 900, 900, 900).slower());
    }

    @Test
    void aNewImageThatHardlyBootedIsNoMeasure() {
        ImageBoots first = boots(ImageBoots.NONE, Way.SANDBOX, 400, 400, 400);
        ImageBoots second = boots(first.next(), Way.SANDBOX, 3_000, 3_000);
        ImageBoots third = boots(second.next(), Way.SANDBOX, 3_000, 3_000, 3_000);
        assertEquals(Duration.ofMillis(400), third.slower().orElseThrow().before());
        assertEquals(
                Optional.empty(),
                boots(third.next(), Way.SANDBOX, 3_000, 3_000, 3_000).slower());
    }

    @Test
    void theSameImageUnderItsIdIsNoNewOne() {
        ImageBoots boots = boots(ImageBoots.NONE.of("a", false), Way.SANDBOX, 400, 400);
        boots = boots(boots.of("a", true), Way.SANDBOX, 400);
        boots = boots(boots.of("a", false).next().of("b", false), Way.SANDBOX, 900, 900, 900);
        assertTrue(boots.slower().isPresent());
        assertTrue(boots.of("b", true).slower().isPresent());
    }

    /** In a sandbox the app may answer before the engine has told which image it is. */
    @Test
    void aBootThatWasCountedTooEarlyGoesToItsImage() {
        ImageBoots old = boots(ImageBoots.NONE.of("a", false), Way.SANDBOX, 400, 400, 400);
        ImageBoots now = boots(old, Way.SANDBOX, 900).of("b", true);
        assertEquals(Map.of(Way.SANDBOX, List.of(Duration.ofMillis(900))), now.latest());
        assertEquals(Map.of(Way.SANDBOX, Duration.ofMillis(400)), now.before());
        assertTrue(boots(now, Way.SANDBOX, 900, 900).slower().isPresent());
        ImageBoots hardly = boots(ImageBoots.NONE.of("a", false), Way.SANDBOX, 400, 400);
        assertEquals(Map.of(), boots(hardly, Way.SANDBOX, 900).of("b", true).before());
    }

    @Test
    void itIsRememberedWhetherItWasSlowerUntilTheNextImageComes() {
        ImageBoots old = boots(ImageBoots.NONE, Way.SANDBOX, 400, 400, 400);
        ImageBoots slow = boots(old.next(), Way.SANDBOX, 900, 900, 900);
        assertTrue(slow.wasSlower());
        ImageBoots mended = boots(slow, Way.SANDBOX, 400, 400, 400, 400);
        assertEquals(Optional.empty(), mended.slower());
        assertTrue(mended.wasSlower());
        assertFalse(mended.next().wasSlower());
        assertFalse(mended.of("b", false).of("c", false).wasSlower());
    }
}
