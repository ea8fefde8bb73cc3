package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    @Test
    void stopsInReverseOrderAndOnce() throws Exception {
        List<String> stopped = new ArrayList<>();
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.onStop("first", () -> stopped.add("first"));
        lifecycle.onStop("second", () -> stopped.add("second"));
        lifecycle.stop();
        lifecycle.stop();
        assertEquals(List.of("second", "first"), stopped);
    }

    @Test
    void failuresAreCollectedAndKeepNothingFromStopping() {
        List<String> stopped = new ArrayList<>();
        Exception one = new Exception("one");
        Exception two = new Exception("two");
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.onStop("last", () -> stopped.add("last"));
        lifecycle.onStop("two", () -> {
            throw two;
        });
        lifecycle.onStop("one", () -> {
            throw one;
        });
        assertSame(one, assertThrows(Exception.class, lifecycle::stop));
        assertEquals(List.of(two), List.of(one.getSuppressed()));
        assertEquals(List.of("last"), stopped);
    }
}
