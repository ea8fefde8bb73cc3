package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.luma.core.Project;
import dev.luma.core.Ticker;
import dev.luma.core.Way;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShelfTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);
    private final Ticker ticker = new Ticker() {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }
    };
    private final Shelf shelf = new Shelf(2, Duration.ofNanos(100), ticker);

    @Test
    void givesOutWhatWasPutThereOnce() {
        Kept kept = kept("a");
        assertEquals(List.of(), shelf.put(kept));
        assertEquals(Optional.of(kept), shelf.find("a"));
        assertEquals(Optional.of(kept), shelf.take("a"));
        assertEquals(Optional.empty(), shelf.take("a"));
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() {
        shelf.put(kept("a"));
        Kept b = kept("b");
        shelf.put(b);
        assertFalse(shelf.hasRoom());
        shelf.put(shelf.take("a").orElseThrow());
        assertEquals(List.of(b), shelf.put(kept("c")));
    }

    @Test
    void aProjectHasOne() {
        Kept first = kept("a");
        shelf.put(first);
        assertEquals(List.of(first), shelf.put(kept("a")));
        assertTrue(shelf.hasRoom());
    }

    @Test
    void whatWasUsedMeanwhileIsKeptNoLongerThanTheRest() {
        Kept a = kept("a");
        shelf.put(a);
        now.addAndGet(50);
        shelf.put(kept("b"));
        shelf.put(shelf.take("a").orElseThrow());
        now.addAndGet(49);
        assertEquals(List.of(), shelf.takeExpired());
        assertFalse(shelf.isOver(a.since()));
        now.addAndGet(1);
        assertTrue(shelf.isOver(a.since()));
        assertEquals(List.of(a), shelf.takeExpired());
        assertEquals(1, shelf.all().size());
    }

    @Test
    void aShelfWithoutRoomKeepsNothing() {
        Shelf none = new Shelf(0, Duration.ZERO, ticker);
        Kept kept = kept("a");
        assertFalse(none.hasRoom());
        assertEquals(List.of(kept), none.put(kept));
        assertEquals(List.of(), none.all());
    }

    private Kept kept(String name) {
        Project project = Project.draft(name, name + ".localhost", "app:1", 80, Map.of(), Optional.empty());
        Place.Sandbox sandbox = new Place.Sandbox("sandbox-" + name, "1", "172.18.0.2");
        return new Kept(name + "-1", "2", "sha256:0", project, sandbox, Way.KEPT, now.get());
    }
}
